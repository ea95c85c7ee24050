"""What can go wrong with tiers: names that do not exist, and thresholds that cannot be used.

UnknownNameError
├── UnknownSchemeError      no such tier scheme
├── UnknownTierError        the scheme has no such tier
└── UnknownThresholdError   the scheme has no such threshold
InputError
└── BadThresholdError
    ├── ThresholdNotANumberError
    ├── ThresholdNotWholeError
    ├── ThresholdOutOfRangeError
    ├── ThresholdChoiceError
    └── ThresholdOrderError     two thresholds contradict each other
"""

from __future__ import annotations

from finegrain.errors import InputError, UnknownNameError
from finegrain.i18n import N_


class UnknownSchemeError(UnknownNameError):
    """There is no tier scheme of this name."""

    code = "unknown_scheme"
    problem = N_("There is no tier scheme named “{name}”.")


class UnknownTierError(UnknownNameError):
    """A tier scheme has no tier of this name."""

    code = "unknown_tier"
    problem = N_("Tier scheme {scheme} has no tier named “{name}”.")


class UnknownThresholdError(UnknownNameError):
    """A tier scheme has no threshold of this name."""

    code = "unknown_threshold"
    problem = N_("Tier scheme {scheme} has no threshold named “{name}”.")


class BadThresholdError(InputError):
    """A threshold of a tier scheme cannot be used."""

    code = "bad_threshold"


class ThresholdNotANumberError(BadThresholdError):
    """A threshold that is a number was given something else."""

    code = "threshold_not_a_number"
    problem = N_("Threshold {name} is “{value}”, which is not a number.")
    remedy = N_("Give a number from {minimum} to {maximum}.")


class ThresholdNotWholeError(BadThresholdError):
    """A threshold that counts days, orders or people was given a fraction."""

    code = "threshold_not_whole"
    problem = N_("Threshold {name} is {value}, which is not a whole number.")
    remedy = N_("Give a whole number from {minimum} to {maximum}.")


class ThresholdOutOfRangeError(BadThresholdError):
    """A threshold lies outside its limits."""

    code = "threshold_out_of_range"
    problem = N_("Threshold {name} is {value}, which is out of range.")
    remedy = N_("Give a number from {minimum} to {maximum}.")


class ThresholdChoiceError(BadThresholdError):
    """A threshold that is a choice was given something else."""

    code = "threshold_choice"
    problem = N_("Threshold {name} is “{value}”, which is not one of its choices.")
    remedy = N_("Choose one of: {allowed}.")


class ThresholdOrderError(BadThresholdError):
    """Two thresholds that must rise do not."""

    code = "threshold_order"
    problem = N_("Threshold {lower} ({lower_value}) must be less than {upper} ({upper_value}).")
    remedy = N_("Make {lower} smaller or {upper} larger.")


class ThresholdExceedsError(ThresholdOrderError):
    """A threshold that may equal another one lies beyond it."""

    code = "threshold_exceeds"
    problem = N_("Threshold {lower} ({lower_value}) must not exceed {upper} ({upper_value}).")
