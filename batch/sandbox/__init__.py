"""A WizIQ of one's own on loopback: the same rules, nothing real scheduled, and faults on demand."""

from batch.sandbox.bends import BENDS, Bend, bend, bends
from batch.sandbox.faults import KINDS, Call, Fault, FaultPlan, fault, no_faults, plan_of
from batch.sandbox.settings import KeyPair, SandboxSettings

__all__ = [
    "BENDS",
    "KINDS",
    "Bend",
    "Call",
    "Fault",
    "FaultPlan",
    "KeyPair",
    "SandboxSettings",
    "bend",
    "bends",
    "fault",
    "no_faults",
    "plan_of",
]
