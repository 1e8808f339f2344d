package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import java.util.Arrays;

/** Paths that must stay within a folder. */
final class PathRules {
  private static final int MOST_FILE_MODE = 0777;

  private PathRules() {}

  /** No step upwards. */
  static void noBacksteps(At at, Errors errors) {
    noBacksteps(at, at.text(), errors);
  }

  private static void noBacksteps(At at, String path, Errors errors) {
    if (hasBackstep(path)) {
      errors.invalid(at, path, "must not contain '..'");
    }
  }

  static boolean hasBackstep(String path) {
    return Arrays.asList(path.split("/", -1)).contains("..");
  }

  /** Relative, and no step upwards; reported at {@code at}. */
  static void descending(At at, String path, Errors errors) {
    if (path.startsWith("/")) {
      errors.invalid(at, path, "must be a relative path");
    }
    noBacksteps(at, path, errors);
  }

  /** The same, and not hidden as the kubelet's own files are. */
  static void notReserved(At at, String path, Errors errors) {
    descending(at, path, errors);
    if (path.startsWith("..") && !path.startsWith("../") && !hasBackstep(path)) {
      errors.invalid(at, path, "must not start with '..'");
    }
  }

  /** Permission bits of files. */
  static void fileMode(At mode, Errors errors) {
    if (mode.present() && (mode.number() > MOST_FILE_MODE || mode.number() < 0)) {
      errors.invalid(mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
  }
}
