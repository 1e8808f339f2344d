package garrison.agent.probe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of gRPC's health service, with gRPC's frame of five bytes around them: {@code
 * service} is field 1 of the request, {@code status} field 1 of the answer. Pure.
 */
final class HealthMessage {
  /** The status of a service that is well. */
  static final int SERVING = 1;

  /** By number. */
  static final List<String> NAMES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");

  private static final int FRAME = 5;
  private static final int SERVICE_FIELD = 1 << 3 | 2;
  private static final int STATUS_FIELD = 1 << 3;

  private HealthMessage() {}

  /** A framed request; an empty service asks for the server as a whole. */
  static byte[] request(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    if (name.length > 0) {
      message.write(SERVICE_FIELD);
      varint(message, name.length);
      message.writeBytes(name);
    }
    ByteArrayOutputStream framed = new ByteArrayOutputStream();
    framed.write(0);
    for (int shift = 24; shift >= 0; shift -= 8) {
      framed.write(message.size() >>> shift);
    }
    framed.writeBytes(message.toByteArray());
    return framed.toByteArray();
  }

  /** The status of a framed answer; null where it is none. Fields it does not know are passed. */
  static @Nullable Integer status(byte[] framed) {
    if (framed.length < FRAME || framed[0] != 0) {
      return null;
    }
    int length = 0;
    for (int i = 1; i < FRAME; i++) {
      length = length << 8 | framed[i] & 0xff;
    }
    if (length != framed.length - FRAME) {
      return null;
    }
    Reader reader = new Reader(framed);
    int status = 0;
    while (reader.at < framed.length) {
      long tag = reader.varint();
      long value =
          switch ((int) (tag & 7)) {
            case 0 -> reader.varint();
            case 1 -> reader.skip(8);
            case 2 -> reader.skip(reader.varint());
            case 5 -> reader.skip(4);
            default -> -1;
          };
      if (value < 0 || reader.broken) {
        return null;
      }
      if (tag == STATUS_FIELD) {
        status = (int) Math.min(value, Integer.MAX_VALUE);
      }
    }
    return status;
  }

  private static void varint(ByteArrayOutputStream out, int number) {
    int left = number;
    while (left > 0x7f) {
      out.write(left & 0x7f | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at = FRAME;
    private boolean broken;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    long varint() {
      long number = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        if (at >= bytes.length) {
          break;
        }
        byte next = bytes[at++];
        number |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return number;
        }
      }
      broken = true;
      return 0;
    }

    long skip(long count) {
      if (count > bytes.length - at) {
        broken = true;
        return 0;
      }
      at += (int) count;
      return 0;
    }
  }
}
