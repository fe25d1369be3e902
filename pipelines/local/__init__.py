"""The whole product on one machine: six processes on loopback under a supervisor, one state folder."""
