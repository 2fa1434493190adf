"""What an operation costs: time, SQL statements, commits, bytes. `make bench`, `make bench-json`."""
