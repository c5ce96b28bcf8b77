"""Weekly grids: days across, times or periods down, a lesson in each cell."""
