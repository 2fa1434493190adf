"""The house for programs: the same actions, permissions and wall as the screens. Each module has its blueprint `bp`."""
