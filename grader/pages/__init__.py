"""What people read: feedback pages, the report, the CSV."""
