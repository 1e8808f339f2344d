package garrison.model.rules.pod;

import java.util.regex.Pattern;

/** Reads the tag from the name of an image. Pure. */
final class ImageName {
  private static final Pattern COMPONENT = Pattern.compile("[a-z0-9][-_.a-z0-9]*+");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][-_.A-Za-z0-9]{0,127}+");

  private ImageName() {}

  /**
   * Whether the name means the newest image: tagged {@code latest}, or with neither tag nor digest.
   */
  static boolean isLatest(String image) {
    int at = image.indexOf('@');
    String name = at < 0 ? image : image.substring(0, at);
    int slash = name.lastIndexOf('/');
    int colon = name.indexOf(':', slash + 1);
    String repository = colon < 0 ? name : name.substring(0, colon);
    if (!isRepository(repository)) {
      // A name that cannot be read has no tag at all.
      return false;
    }
    if (colon < 0) {
      return at < 0;
    }
    String tag = name.substring(colon + 1);
    return TAG.matcher(tag).matches() && tag.equals("latest");
  }

  private static boolean isRepository(String repository) {
    String[] components = repository.split("/", -1);
    for (int i = 0; i < components.length; i++) {
      boolean registry = i == 0 && components.length > 1 && isRegistry(components[i]);
      if (!registry && !COMPONENT.matcher(components[i]).matches()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRegistry(String component) {
    return component.contains(".") || component.contains(":") || component.equals("localhost");
  }
}
