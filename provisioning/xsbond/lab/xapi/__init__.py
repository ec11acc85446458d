"""The server a client meets: messages, calls, tasks, events."""
