/** The fleet at a glance. */
@NullMarked
package garrison.cli.status;

import org.jspecify.annotations.NullMarked;
