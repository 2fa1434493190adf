"""A lifelike water group to look at: its tree and people written as rows, its histories made by running the flows."""
