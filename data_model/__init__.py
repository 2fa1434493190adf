"""What is true: tables, the actor, the organisation wall, the unit of work. Imports nothing of ours."""
