"""The commands. Each parses, calls one thing, prints."""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from app.services.scopes import Scope
from app.settings import Settings, SettingsError, read_settings
from app.store.errors import StoreError

LINE_LIMIT = 12 * 1024 * 1024


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the process's exit code."""
    asked = _parser().parse_args(argv)
    try:
        code: int = asked.run(asked)
    except SettingsError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return 2
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def console() -> None:
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aftertouch", description="One useful sentence before you follow up again.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = _command(commands, "serve", "the web server, with the sync work inside", _serve)
    serve.add_argument("--host", help="address to listen on (default: the base address's)")
    serve.add_argument("--port", type=int, help="port to listen on (default: the base address's)")
    serve.add_argument("--no-sync", action="store_true", help="leave the sync work to `aftertouch worker`")
    _command(commands, "worker", "sync workers only", _worker)
    simulate = _command(commands, "simulate", "the provider simulator alone", _simulate)
    simulate.add_argument("--port", type=int, default=8026)
    simulate.add_argument("--seed", type=int, default=1)
    _command(commands, "sign-in", "print a fresh one-time sign-in link", _sign_in)
    device = commands.add_parser("device", help="paired devices").add_subparsers(required=True, metavar="ACTION")
    add = _command(device, "add", "print a new device token, once", _device_add)
    add.add_argument("--name", required=True)
    add.add_argument("--scope", metavar="WORDS", help=f"what it may do, of: {' '.join(Scope)} (default: all)")
    sync = _command(commands, "sync", "sync now, in the foreground", _sync)
    sync.add_argument("--account", metavar="ADDRESS")
    _command(commands, "judge", "judge scenarios: JSON Lines in, JSON Lines out", _judge)
    read = commands.add_parser("read", help="read texts: JSON Lines in and out").add_subparsers(
        required=True, metavar="WHAT"
    )
    _command(read, "inbound", "received mail", _read_inbound)
    _command(read, "draft", "drafts", _read_draft)
    export = _command(commands, "export", "everything held, as JSON on stdout", _export)
    export.add_argument("--csv", action="store_true", help="the history as a table instead")
    importing = _command(commands, "import", "an export put back into an empty Aftertouch", _import)
    importing.add_argument("file", metavar="FILE", help="what `aftertouch export` wrote; - for standard input")
    erase = _command(commands, "erase", "delete everything, with a receipt", _erase)
    erase.add_argument("--yes", action="store_true", help="do not ask")
    _command(commands, "rotate-key", "seal everything anew under a fresh key", _rotate_key)
    migrate = _command(commands, "migrate", "bring the tables up to date, or move everything elsewhere", _migrate)
    migrate.add_argument("--from", dest="source", metavar="URL", help="move out of this database (sqlite:////file)")
    migrate.add_argument("--to", dest="target", metavar="URL", help="into this empty one (postgresql://...)")
    _command(commands, "doctor", "check the set-up and say what is wrong", _doctor).add_argument(
        "--store", action="store_true", help="look at the database alone"
    )
    return parser


def _command(commands: Any, name: str, words: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(run=run)
    return parser


def _own_settings() -> Settings:
    """For commands about the one person of this data folder. Raises SettingsError where many share the server."""
    settings = read_settings()
    if settings.hosted:
        raise SettingsError(
            ["Many people share this server (AFTERTOUCH_SIGN_IN is provider): each does this in their pages."]
        )
    return settings


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """While modules are loaded, which leave no garbage: looking for it takes a sixth of a start (2026-11)."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _serve(asked: argparse.Namespace) -> int:
    with _collecting_nothing():
        from app.serving import serve
    return asyncio.run(serve(read_settings(), host=asked.host, port=asked.port, works=not asked.no_sync))


def _worker(asked: argparse.Namespace) -> int:
    from app.serving import work

    return asyncio.run(work(read_settings()))


def _simulate(asked: argparse.Namespace) -> int:
    from app.serving import simulate

    return asyncio.run(simulate(read_settings(), port=asked.port, seed=asked.seed))


def _sign_in(asked: argparse.Namespace) -> int:
    from app.compose import open_parts
    from app.services import signing_in

    with open_parts(_own_settings(), even_blind=True) as parts:
        print(signing_in.new_link(parts, parts.clock()))
    return 0


def _device_add(asked: argparse.Namespace) -> int:
    from app.compose import open_parts
    from app.services import pairing, scopes

    try:
        may = scopes.asked(asked.scope) if asked.scope is not None else scopes.EVERYTHING
    except ValueError as error:
        raise SettingsError([f"--scope: {error}"]) from None
    with open_parts(_own_settings()) as parts:
        print(pairing.add_device(parts, asked.name, parts.clock(), may))
    return 0


def _sync(asked: argparse.Namespace) -> int:
    from app.serving import sync_in_foreground

    return asyncio.run(sync_in_foreground(_own_settings(), asked.account))


def _judge(asked: argparse.Namespace) -> int:
    from app.reading.scenarios import judge_row

    return json_lines(judge_row)


def _read_inbound(asked: argparse.Namespace) -> int:
    from app.reading.inbound_rows import read_inbound_row

    return json_lines(read_inbound_row)


def _read_draft(asked: argparse.Namespace) -> int:
    from app.reading.outbound_rows import read_draft_row

    return json_lines(read_draft_row)


def json_lines(
    answer: Callable[[dict[str, Any]], dict[str, Any]], source: Iterable[bytes] | None = None, out: TextIO | None = None
) -> int:
    """One object a line in, one out, in order. A bad line gives an error object; exit 1 at the end if any did."""
    out = out or sys.stdout
    code = 0
    for line in source or _lines(sys.stdin.buffer):
        if not line.strip():
            continue
        row_id: Any = None
        try:
            row = json.loads(line[:LINE_LIMIT])
            if not isinstance(row, dict):
                raise ValueError("a row is one JSON object")
            row_id = row.get("id")
            result = answer(row)
        except (ValueError, RecursionError) as error:
            code = 1
            result = {"id": row_id, "error": _plain(error)}
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()
    return code


def _lines(stream: Any) -> Iterable[bytes]:
    """Lines of bounded length: the rest of an overlong one is skipped, and its start fails as JSON."""
    while line := stream.readline(LINE_LIMIT):
        yield line
        while not line.endswith(b"\n") and len(line) == LINE_LIMIT:
            line = stream.readline(LINE_LIMIT)
            if not line:
                return


def _plain(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "the row is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    return str(error)


def _export(asked: argparse.Namespace) -> int:
    from app.compose import open_parts, sole_person
    from app.services import history, leaving, sheet

    with open_parts(_own_settings()) as parts:
        now = parts.clock()
        person_id = sole_person(parts)
        if asked.csv:
            sys.stdout.write(sheet.written(history.every_entry(parts, person_id, now)))
            return 0
        json.dump(leaving.export_all(parts, person_id, now), sys.stdout, ensure_ascii=False, indent=2)
        print()
    return 0


def _import(asked: argparse.Namespace) -> int:
    from app.compose import open_parts, sole_person
    from app.services import importing
    from app.services.errors import Refused

    try:
        text = (sys.stdin.buffer.read() if asked.file == "-" else Path(asked.file).read_bytes()).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{asked.file} cannot be read: {error}", file=sys.stderr)
        return 1
    with open_parts(_own_settings()) as parts:
        now = parts.clock()
        person_id = sole_person(parts)
        try:
            print(json.dumps(importing.import_all(parts, person_id, text, now), indent=2))
        except Refused as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _erase(asked: argparse.Namespace) -> int:
    from app.serving import erase

    if not asked.yes and input("Delete everything Aftertouch holds? Type yes: ").strip() != "yes":
        print("Nothing was deleted.")
        return 1
    print(json.dumps(asyncio.run(erase(_own_settings())), indent=2))
    return 0


def _rotate_key(asked: argparse.Namespace) -> int:
    from app.compose import rotate_key

    print(rotate_key(read_settings()))
    return 0


def _migrate(asked: argparse.Namespace) -> int:
    from app.compose import migrate, move_store

    if (asked.source is None) != (asked.target is None):
        raise SettingsError(["Say both --from and --to, or neither."])
    if asked.source is None:
        migrate(read_settings())
        print("The tables are up to date.")
        return 0
    moved = move_store(asked.source, asked.target)
    print(json.dumps({"moved": moved}, indent=2))
    print("Take key.json of the data folder along: without it nothing that is sealed can be read.", file=sys.stderr)
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    from app.doctor import examine

    settings: Settings = read_settings()
    return asyncio.run(examine(settings, store_only=asked.store))
