"""The demo world: made-up procuratorates, people and records, drawn from a seed.

It is written through the same actions as everything else, in the order in which it could have
been written down, and it is also the world that the tests walk through.
"""
