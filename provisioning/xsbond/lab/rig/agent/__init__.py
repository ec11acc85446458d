"""What runs inside the namespaces; it imports nothing but the standard library and itself."""
