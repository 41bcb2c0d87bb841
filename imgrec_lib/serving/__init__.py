"""The web page and the HTTP interface of a recogniser: `imgrec serve FILE`."""
