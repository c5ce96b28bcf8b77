"""What classbatch costs, beside what the work costs at least: `python -m benchmarks`."""
