"""How often a process looks for cycles among its objects.

A start is spent on classes and schemas that stay: to look through them again and again would be a fifth of it. So each
`__main__` looks for none before it imports, and the process begins to when it works.
"""

import gc


def collect_rarely() -> None:
    """Look for cycles after 100,000 new objects, not after 700, and not among those that are there now.

    A batch makes tens of thousands of values that live until its commit; looking through them again and again costs a
    fifth of the processor (`make bench-ledger`).
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()
