"""The settings of the two doors that people seldom stand at: the nightly import and the upload page."""

from batch.setting import Setting

NIGHTLY: tuple[Setting, ...] = ()

SERVE: tuple[Setting, ...] = ()
