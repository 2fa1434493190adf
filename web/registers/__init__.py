"""One file a theme; each holds REGISTERS, a tuple of Register values, and nothing else."""
