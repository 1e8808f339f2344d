package garrison.agent.volume;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** A volume, or a part of one, that cannot be had now; the message is for whoever owns the pod. */
public final class VolumeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With a sentence. */
  public VolumeException(String why) {
    super(why);
  }

  /** With the system's words for what went wrong. */
  public VolumeException(IOException e) {
    super(text(e), e);
  }

  /** The sentence. */
  public String why() {
    return String.valueOf(getMessage());
  }

  /** As the system says it: {@code /a/b: no such file or directory}. */
  static String text(IOException e) {
    if (!(e instanceof FileSystemException at)) {
      return String.valueOf(e.getMessage());
    }
    String why =
        switch (at) {
          case NoSuchFileException none -> "no such file or directory";
          case AccessDeniedException denied -> "permission denied";
          case NotDirectoryException no -> "not a directory";
          default -> at.getReason() == null ? at.getClass().getSimpleName() : at.getReason();
        };
    return at.getFile() + ": " + why;
  }
}
