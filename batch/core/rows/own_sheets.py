"""The sheets and columns that we write into workbooks ourselves, by which they are known when they come back."""

#: The results workbook's own columns, before and after the input's. A file whose
#: header starts with all of the first is a results workbook, and these are left aside.
RESULTS_FIRST = ("row", "outcome", "call_id", "class_id", "error_code", "message")
RESULTS_LAST = ("sheet", "start_local", "start_utc", "attempts", "presenter_url", "fingerprint")
#: Its sheet of the rows that need a person, and what stands hidden behind the input's columns there.
TO_DO_SHEET = "To do"
TO_DO_LAST = ("sheet", "as_read")
#: Sheets that we add to a results workbook or a blank timetable, and that hold no rows.
SUMMARY_SHEET, LOAD_SHEET, HOW_TO_SHEET, GONE_SHEET = "Summary", "Load", "How to", "Gone"
#: The heading of the column that a marked copy adds. Nobody has a column of that name: it is left out of what is
#: read, and written over in the next copy.
PROBLEMS = "Problems (classbatch)"
#: What it was called before; a timetable may have a column of that name.
EARLIER_PROBLEMS = "Problems"
