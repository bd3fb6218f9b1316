"""What stands between strangers and the server: hosts, origins, cookies, headers."""
