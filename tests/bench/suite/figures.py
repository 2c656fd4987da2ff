"""The report: a table on the terminal, JSON, and plots of what people would look at."""

import json
import pathlib
import textwrap


def table(title, rows):
    """`rows`: (name, seconds, MB/s, CPU seconds, peak MiB, ratio to the first)."""
    print(f"\n{title}")
    print(f"  {'':34} {'s':>8} {'MB/s':>7} {'CPU s':>7} {'PSS MiB':>8} {'ratio':>7}")
    for name, seconds, rate, cpu, peak, ratio in rows:
        print(f"  {name:34} {seconds:8.2f} {rate:7.0f} {cpu:7.2f} {peak:8.0f} {ratio:7.2f}")


def plots(results, folder):
    """Bars of the rates of each comparison, and cost against size."""
    try:
        import matplotlib
    except ImportError:
        print("no plots: matplotlib is missing")
        return
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "forebay", "font.size": 9, "figure.dpi": 100})
    from matplotlib import pyplot

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, job in results["jobs"].items():
        runs = [one for one in job["runs"] if one["rate"] > 0]
        figure, axes = pyplot.subplots(figsize=(7, 0.35 * len(runs) + 1.1))
        places = range(len(runs))
        colours = ["#c44e52" if one["name"].startswith("forebay") else "#8da0b6" for one in runs]
        axes.barh(places, [one["rate"] for one in runs], color=colours)
        axes.set_yticks(places, [one["name"] for one in runs])
        axes.invert_yaxis()
        axes.bar_label(axes.containers[0], fmt="%.0f", padding=2)
        axes.set_xlabel("MB of input a second (median)")
        axes.set_title(textwrap.fill(job["title"], 56), fontsize=9)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        figure.tight_layout()
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        pyplot.close(figure)
    if "sizes" in results:
        points = results["sizes"]["points"]
        figure, axes = pyplot.subplots(figsize=(6, 3.5))
        axes.plot([p["mb"] for p in points], [p["seconds"] for p in points], "o-", color="#c44e52")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("MB of text")
        axes.set_ylabel("seconds to a durable file")
        axes.grid(True, which="both", alpha=0.3)
        figure.tight_layout()
        figure.savefig(folder / "sizes.svg", metadata={"Date": None})
        pyplot.close(figure)
    if "handover" in results:
        points = results["handover"]
        figure, axes = pyplot.subplots(figsize=(6, 3.5))
        sizes = [p["bytes"] / 2**20 for p in points]
        axes.plot(sizes, [p["forebay_us"] for p in points], "o-", color="#c44e52", label="forebay")
        theirs = [(size, p["queue_us"]) for size, p in zip(sizes, points) if p["queue_us"]]
        if theirs:
            axes.plot(*zip(*theirs), "s-", color="#8da0b6", label="SharedMemory + Queue")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("MiB handed over")
        axes.set_ylabel("microseconds from filled to had")
        axes.legend(frameon=False)
        axes.grid(True, which="both", alpha=0.3)
        figure.tight_layout()
        figure.savefig(folder / "handover.svg", metadata={"Date": None})
        pyplot.close(figure)


def save(results, path):
    pathlib.Path(path).write_text(json.dumps(results, indent=1) + "\n")
