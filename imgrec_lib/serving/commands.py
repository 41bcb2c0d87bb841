"""The command `imgrec serve`."""

import argparse
from pathlib import Path

from imgrec_lib.recognising import RUNTIMES


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:10]) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a whole number from 0 to 65535")
    return int(text)


def serve(options: argparse.Namespace) -> int:
    """0 once the server has been ended by Ctrl-C or SIGTERM; its address is printed when it answers."""
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising import runtimes
    from imgrec_lib.serving import app, server
    from imgrec_lib.serving.limits import Limits
    from imgrec_lib.serving.service import Service

    limits = Limits()
    recogniser = Recogniser.open(options.file)
    with server.listen(options.host, options.port) as listener:
        name = options.runtime or runtimes.quickest(recogniser)
        service = Service.start(recogniser, name, limits)
        guarded = app.create(service, options.host, options.allow_host)
        address = f"http://{_shown_host(options.host)}:{listener.getsockname()[1]}"

        def started() -> None:
            print(f"{options.file.name} answers at {address} (its HTTP interface: {address}/docs).", flush=True)
            print("Ctrl-C ends it.", flush=True)

        server.run(guarded, listener, limits, started)
    print("Ended.", flush=True)
    return 0


def _shown_host(host: str) -> str:
    """The host as a browser on this machine takes it."""
    name = host.strip("[]")
    if name in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{name}]" if ":" in name else name


def add_commands(commands: "argparse._SubParsersAction") -> None:
    """Adds `serve` to the parser."""
    serving = commands.add_parser("serve", help="put a recogniser on a web page, with an HTTP interface")
    serving.add_argument("file", metavar="FILE", type=Path, help="a recogniser that `imgrec train` wrote")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine only)")
    serving.add_argument("--port", metavar="N", type=_port, default=8000, help="the port, 0 for a free one (8000)")
    serving.add_argument("--runtime", choices=RUNTIMES, help="what runs the network (what answers soonest)")
    serving.add_argument(
        "--allow-host", metavar="NAME", action="append", default=[], help="one more name that the server answers to"
    )
    serving.set_defaults(run=serve)
