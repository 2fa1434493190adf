"""Rules over several rows, used by handlers of more than one flow."""
