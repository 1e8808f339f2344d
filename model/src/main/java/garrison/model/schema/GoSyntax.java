package garrison.model.schema;

import garrison.model.json.Depth;
import java.nio.charset.StandardCharsets;

/**
 * Checks the syntax of JSON, and says what is wrong in the words of Go's scanner, which clients and
 * tests know (spec: api-server 5.2). Builds nothing.
 */
final class GoSyntax {
  private final byte[] json;
  private int at;
  private int depth;

  private GoSyntax(byte[] json) {
    this.json = json;
  }

  static void check(byte[] json) {
    GoSyntax syntax = new GoSyntax(json);
    syntax.value("looking for beginning of value");
    syntax.blanks();
    if (syntax.at < json.length) {
      throw syntax.invalid("after top-level value");
    }
  }

  private void blanks() {
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\t' || json[at] == '\n' || json[at] == '\r')) {
      at++;
    }
  }

  private int peek() {
    if (at >= json.length) {
      throw new DecodeException("unexpected end of JSON input");
    }
    return json[at];
  }

  private DecodeException invalid(String where) {
    return new DecodeException("invalid character " + quoted(peek() & 0xff) + " " + where);
  }

  private static String quoted(int character) {
    return switch (character) {
      case '\'' -> "'\\''";
      case '"' -> "'\"'";
      case '\\' -> "'\\\\'";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      default ->
          character < 0x20 || character == 0x7f
              ? "'\\x%02x'".formatted(character)
              : character >= 0x80 && character < 0xa0
                  ? "'\\u%04x'".formatted(character)
                  : "'" + (char) character + "'";
    };
  }

  private void value(String where) {
    blanks();
    int first = peek();
    switch (first) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> {
        if (first != '-' && (first < '0' || first > '9')) {
          throw invalid(where);
        }
        number();
      }
    }
  }

  private void enter() {
    depth++;
    if (depth > Depth.MOST) {
      throw new DecodeException("exceeded max depth");
    }
    at++;
    blanks();
  }

  private void object() {
    enter();
    if (peek() == '}') {
      leave();
      return;
    }
    while (true) {
      if (peek() != '"') {
        throw invalid("looking for beginning of object key string");
      }
      string();
      blanks();
      if (peek() != ':') {
        throw invalid("after object key");
      }
      at++;
      value("looking for beginning of value");
      blanks();
      int next = peek();
      if (next == '}') {
        leave();
        return;
      }
      if (next != ',') {
        throw invalid("after object key:value pair");
      }
      at++;
      blanks();
    }
  }

  private void array() {
    enter();
    if (peek() == ']') {
      leave();
      return;
    }
    while (true) {
      value("looking for beginning of value");
      blanks();
      int next = peek();
      if (next == ']') {
        leave();
        return;
      }
      if (next != ',') {
        throw invalid("after array element");
      }
      at++;
    }
  }

  private void leave() {
    at++;
    depth--;
  }

  private void string() {
    at++;
    while (peek() != '"') {
      if (peek() >= 0 && peek() < 0x20) {
        throw invalid("in string literal");
      }
      if (peek() == '\\') {
        at++;
        if (peek() == 'u') {
          for (int i = 0; i < 4; i++) {
            at++;
            if (Character.digit(peek(), 16) < 0) {
              throw invalid("in \\u hexadecimal character escape");
            }
          }
        } else if ("\"\\/bfnrt".indexOf(peek()) < 0) {
          throw invalid("in string escape code");
        }
      }
      at++;
    }
    at++;
  }

  private void literal(String word) {
    byte[] letters = word.getBytes(StandardCharsets.US_ASCII);
    for (int i = 1; i < letters.length; i++) {
      at++;
      if (peek() != letters[i]) {
        throw invalid("in literal " + word + " (expecting '" + (char) letters[i] + "')");
      }
    }
    at++;
  }

  private void number() {
    if (peek() == '-') {
      at++;
      if (!isDigit()) {
        throw invalid("in numeric literal");
      }
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (at < json.length && json[at] == '.') {
      at++;
      if (!isDigit()) {
        throw invalid("after decimal point in numeric literal");
      }
      digits();
    }
    if (at < json.length && (json[at] == 'e' || json[at] == 'E')) {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      if (!isDigit()) {
        throw invalid("in exponent of numeric literal");
      }
      digits();
    }
  }

  private boolean isDigit() {
    int next = peek();
    return next >= '0' && next <= '9';
  }

  private void digits() {
    while (at < json.length && json[at] >= '0' && json[at] <= '9') {
      at++;
    }
  }
}
