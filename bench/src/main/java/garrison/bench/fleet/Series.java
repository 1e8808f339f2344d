package garrison.bench.fleet;

import java.util.List;
import java.util.Locale;

/** Measurements of one thing, in the order they were made. Never empty. */
record Series(List<Double> values) {
  /** The first: a server that has just started, nothing compiled yet. */
  double first() {
    return values.getFirst();
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  double least() {
    return values.stream().mapToDouble(value -> value).min().orElseThrow();
  }

  double most() {
    return values.stream().mapToDouble(value -> value).max().orElseThrow();
  }

  /** {@code first, median, range} in columns of fixed width, in seconds. */
  String columns() {
    return String.format(
        Locale.ROOT, "%7.2f  %7.2f  %6.2f–%.2f", first(), median(), least(), most());
  }
}
