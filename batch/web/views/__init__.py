"""What the page shows: values for its templates, worded for its reader."""
