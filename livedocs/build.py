"""MkDocs builds of this site: one language, or all of them with other settings."""

from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from livedocs.config import Project
from livedocs.pages import LANGUAGES
from livedocs.site import merge, settings


def configuration(
    project: Project, language: str, folder: Path, strict: bool, overlay: dict
) -> MkDocsConfig:
    """What MkDocs needs to build a language into a folder, with an overlay on its settings.

    Raises PluginError if the settings are wrong.
    """
    values = merge(settings(project, language), overlay)
    values |= {"site_dir": str(folder), "strict": strict}
    config = MkDocsConfig(config_file_path=str(project.root / "mkdocs.yml"))
    config.load_dict(values)
    errors, warnings = config.validate()
    for key, message in errors + warnings:
        raise PluginError(f"mkdocs.yml, extra.languages.{language}: {key}: {message}")
    return config


def build_site(project: Project, folder: Path, overlay: dict) -> dict[str, Path]:
    """Build all languages with an overlay on their settings; returns the folder of each.

    Raises MkDocsException if a page, a link or a setting is wrong.
    """
    overlay = merge(overlay, {"extra": {"overlay": overlay}})  # the hook hands it on
    config = configuration(project, LANGUAGES[0], folder, True, overlay)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    return {language: folder / language for language in LANGUAGES} | {LANGUAGES[0]: folder}
