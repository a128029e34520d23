"""Contact lists from CSV files: read, map columns, preview, import in one go, undo.

reading -> columns -> rows -> plan -> load; views and the command walk the same way.
"""
