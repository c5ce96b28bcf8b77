"""The upload page: a timetable goes in through a browser, and each row's outcome comes back."""
