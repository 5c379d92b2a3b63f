"""What travels between the rooms, and what all rooms need. Imports from no other room."""
