"""The plain twin of the margin book: it specifies the compiled one."""
