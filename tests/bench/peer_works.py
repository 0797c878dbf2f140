"""What peers do with tracker files: one work per process, done over and over, so that its own cost can be told from that of
starting up.

    peer_works.py WORK FOLDER REPEATS OUT

`split` reads the files as a plain program would: lines and fields by `str.split`, numbers by `float`. The others begin with
its samples, which are kept in FOLDER/samples.npz.
"""
import pathlib
import sys

SIDE = 2048


def split(folder):
    """Places, states and lives of all samples of the player tracks, as lists."""
    xs, ys, states, lives = [], [], [], []
    life = 0
    for path in sorted(folder.glob("*_engagements.txt")):
        in_tracks = False
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("#"):
                    # A section begins with its name in capitals.
                    if line[2:].isupper():
                        in_tracks = line.startswith("# PLAYER_TRACKS")
                    continue
                if not in_tracks or line == "\n":
                    continue
                for sample in line.rstrip("\n").split(";")[9].split("|"):
                    time, x, y, z, health, speed, weapon, stance, sprint, event = sample.split(",")[:10]
                    xs.append(float(x))
                    ys.append(float(y))
                    float(z), float(speed), int(time), int(health), int(weapon)
                    # Running, crouching, prone, sprinting.
                    states.append(3 if sprint == "1" else int(stance))
                    lives.append(life)
                life += 1
    return xs, ys, states, lives


def samples(folder):
    import numpy

    kept = folder / "samples.npz"
    if not kept.exists():
        xs, ys, states, lives = split(folder)
        numpy.savez(kept, xs=numpy.array(xs), ys=numpy.array(ys), states=numpy.array(states, "u1"), lives=numpy.array(lives))
    with numpy.load(kept) as arrays:
        return [arrays[name] for name in ("xs", "ys", "states", "lives")]


def datashader_heat(folder, out):
    """Samples counted by state on 2048 x 2048 pixels, shaded by histogram, as a PNG."""
    import datashader
    import pandas
    from datashader import transfer_functions

    xs, ys, states, _ = samples(folder)
    table = pandas.DataFrame({"x": xs, "y": ys, "state": pandas.Categorical.from_codes(states, list("rcps"))})
    colors = {"r": "#e47424", "c": "#66c3f6", "p": "#7d55dd", "s": "#fef19d"}

    def work():
        canvas = datashader.Canvas(SIDE, SIDE)
        counts = canvas.points(table, "x", "y", datashader.count_cat("state"))
        transfer_functions.shade(counts, color_key=colors, how="eq_hist").to_pil().save(out)

    return work


def datashader_lines(folder, out):
    """Every life as an antialiased line of 1.5 pixels, added up, as a PNG."""
    import datashader
    import numpy
    import pandas
    from datashader import transfer_functions

    xs, ys, _, lives = samples(folder)
    # Lines end at what is not a number.
    ends = numpy.flatnonzero(numpy.diff(lives)) + 1
    table = pandas.DataFrame({"x": numpy.insert(xs, ends, numpy.nan), "y": numpy.insert(ys, ends, numpy.nan)})

    def work():
        canvas = datashader.Canvas(SIDE, SIDE)
        lines = canvas.line(table, "x", "y", datashader.count(), line_width=1.5)
        transfer_functions.shade(lines, how="eq_hist").to_pil().save(out)

    return work


def matplotlib_lines(folder, out):
    """The same as a collection of lines."""
    import matplotlib
    import numpy

    matplotlib.use("Agg")
    from matplotlib import collections, pyplot

    xs, ys, _, lives = samples(folder)
    ends = numpy.flatnonzero(numpy.diff(lives)) + 1
    paths = numpy.split(numpy.column_stack([xs, ys]), ends)

    def work():
        figure, axes = pyplot.subplots(figsize=(SIDE / 100, SIDE / 100), dpi=100)
        axes.add_collection(collections.LineCollection(paths, linewidths=1.5 * 72 / 100, alpha=0.7))
        axes.autoscale()
        figure.savefig(out)
        pyplot.close(figure)

    return work


def main():
    name, folder, repeats, out = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    works = {"datashader_heat": datashader_heat, "datashader_lines": datashader_lines, "matplotlib_lines": matplotlib_lines}
    work = (lambda: split(folder)) if name == "split" else works[name](folder, out)
    for _ in range(repeats):
        work()


main()
