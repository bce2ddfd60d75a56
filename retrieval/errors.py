"""What can go wrong for an operator. Each message is one line that says what happened, where, and what to do next.

A programmer's mistake is a `ValueError`; nothing found is an empty answer; neither is here.
"""


def first_line(error: BaseException) -> str:
    """The first line of what a library's error says; the name of its kind where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class BylineError(Exception):
    """An operator's trouble: shown without a traceback, exit code 1."""


class ArticlesError(BylineError):
    """The folder of articles is not there, cannot be read, or holds nothing that can be indexed."""


class ModelError(BylineError):
    """A model is missing, damaged, or not the one that is wanted."""


class IndexFolderError(BylineError):
    """An index on disk is missing, foreign, damaged, half written, or made with another encoder."""


class QuestionsError(BylineError):
    """A file of questions cannot be read or holds a line that is not one."""


class EngineError(BylineError):
    """The engine that keeps an index's vectors is down, slow, answers in part, or keeps those of another index."""


class VectorsError(EngineError):
    """An engine has not all vectors of an index that it says it has."""


class ClusterError(BylineError):
    """The Ray cluster that encodes is not there, is lost, or has other models than this machine."""
