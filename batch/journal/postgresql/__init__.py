"""The journals of all accounts in one PostgreSQL database, for several computers. Needs the extra `cluster`."""
