"""The nightly import: takes what has arrived in an inbox through the flow, and tells those who were asleep."""
