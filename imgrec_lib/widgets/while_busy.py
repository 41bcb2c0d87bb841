"""What a widget hears while a cell runs: ipykernel itself handles a click only after the cell has ended."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipywidgets import Widget


def kernel() -> Any:
    """The kernel behind this session, or None in plain Python and in a terminal."""
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None)


def hearing(widget: "Widget") -> Callable[[], None]:
    """A function that handles what the browser has sent to this widget so far, and nothing else.

    Call it now and then from the main thread of a busy kernel. Everything that is not for this widget, such as a cell
    that was started meanwhile, goes in its own order where ipykernel would have put it. Without a kernel it does
    nothing.
    """
    ours, stream = kernel(), _main_stream()
    if stream is None:
        return lambda: None

    def hear() -> None:
        if threading.current_thread() is not threading.main_thread() or not stream.socket.poll(0):
            return
        with _interrupts_wait():
            while stream.socket.poll(0):
                _hand_on(ours, stream, widget, stream.socket.recv_multipart(copy=False))

    return hear


def _main_stream() -> Any:
    """The stream of messages that wait for the main thread; None where this ipykernel has another plan."""
    ours = kernel()
    thread = getattr(ours, "shell_channel_thread", None)
    try:  # ipykernel 7 reads the channel in a thread of its own and hands messages on; 6 reads it in the main thread.
        stream = thread.manager._shell_channel_to_main.to_stream if thread else getattr(ours, "shell_stream", None)
    except AttributeError:
        return None
    return stream if all(hasattr(stream, name) for name in ("_run_callback", "_recv_callback")) else None


def _hand_on(ours: Any, stream: Any, widget: "Widget", parts: list[Any]) -> None:
    """Give a message to the widget, or to ipykernel as its own stream would."""
    message = _for_widget(ours.session, widget, parts)
    if message is None:
        stream._run_callback(stream._recv_callback, parts)
    else:
        widget._handle_msg(message)


def _for_widget(session: Any, widget: "Widget", parts: list[Any]) -> dict[str, Any] | None:
    """The message where it is one from the browser to the widget; others are only looked at, since one read counts."""
    try:
        _, frames = session.feed_identities(parts, copy=False)
        if session.unpack(frames[1].bytes).get("msg_type") != "comm_msg":
            return None
        if session.unpack(frames[4].bytes).get("comm_id") != widget.model_id:
            return None
        return session.deserialize(frames, content=True, copy=False)
    except Exception:  # Whatever is odd about it, ipykernel says so itself.
        return None


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """An interrupt in the block comes after it, so that no message is lost between two hands."""
    waiting: list[tuple[int, Any]] = []
    handler = signal.signal(signal.SIGINT, lambda *given: waiting.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if waiting and callable(handler):
        handler(*waiting[0])
