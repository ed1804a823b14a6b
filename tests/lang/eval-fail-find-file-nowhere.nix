<nowhere/to/be/found>
