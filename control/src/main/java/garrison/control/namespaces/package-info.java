/** The life of namespaces: what each one is given, and how it goes (spec: api-server 10.5). */
@NullMarked
package garrison.control.namespaces;

import org.jspecify.annotations.NullMarked;
