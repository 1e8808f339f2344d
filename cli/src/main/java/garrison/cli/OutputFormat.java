package garrison.cli;

import org.jspecify.annotations.Nullable;

/** How a command prints its answer: {@code -o}. */
enum OutputFormat {
  /** For people. */
  TEXT,
  /** For programs. */
  JSON;

  /** Reads the option; text where it is left out. */
  static OutputFormat of(@Nullable String option) {
    if (option == null) {
      return TEXT;
    }
    if (option.equals("json")) {
      return JSON;
    }
    throw new CommandFailure("-o " + option + " is unknown: write -o json, or leave it out");
  }
}
