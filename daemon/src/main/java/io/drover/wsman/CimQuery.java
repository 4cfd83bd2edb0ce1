package io.drover.wsman;

import java.util.stream.Collectors;

/**
 * A query for objects.
 *
 * @param namespace where
 * @param wql the query: {@code SELECT}, {@code ASSOCIATORS OF} or {@code REFERENCES OF}
 * @param rowsMax how many rows are taken at most; if the host has more, the call fails, from 1
 * @param batch how many rows the host is asked for at once, from 1; a host may send fewer
 */
public record CimQuery(CimNamespace namespace, String wql, int rowsMax, int batch) {
    /** More objects of one class than any host has. */
    public static final int ROWS_MAX = 10_000;

    /** As many instances of 150 lines fit into the smallest envelope; a larger batch makes the host split or fail. */
    public static final int BATCH = 50;

    /** Refuses a query without limits. */
    public CimQuery {
        if (wql.isBlank()) {
            throw new IllegalArgumentException("query is empty (expected: WQL)");
        }
        if (rowsMax < 1 || batch < 1) {
            throw new IllegalArgumentException("rowsMax " + rowsMax + ", batch " + batch + " (expected: from 1)");
        }
    }

    /** A query with the usual limits. */
    public static CimQuery of(CimNamespace namespace, String wql) {
        return new CimQuery(namespace, wql, ROWS_MAX, BATCH);
    }

    /** All objects of a class and of those derived from it. */
    public static CimQuery all(CimClass cimClass) {
        return of(cimClass.namespace(), "SELECT * FROM " + cimClass.name());
    }

    /** The objects of a class of which a property of type string has a value. */
    public static CimQuery where(CimClass cimClass, String property, String value) {
        return of(
                cimClass.namespace(),
                "SELECT * FROM " + cimClass.name() + " WHERE " + Names.checked("property", property) + " = "
                        + quoted(value));
    }

    /**
     * The objects that an association leads to.
     *
     * @param from the object to begin at
     * @param association the class of the association
     * @param result the class of the objects
     */
    public static CimQuery associators(CimReference from, CimClass association, CimClass result) {
        String keys = from.keys().entrySet().stream()
                .map(each -> each.getKey() + "=" + quoted(each.getValue()))
                .collect(Collectors.joining(","));
        return of(
                from.cimClass().namespace(),
                "ASSOCIATORS OF {" + from.cimClass().name() + "." + keys + "} WHERE AssocClass=" + association.name()
                        + " ResultClass=" + result.name());
    }

    /** The same query with another limit of rows. */
    public CimQuery withRowsMax(int rows) {
        return new CimQuery(namespace, wql, rows, batch);
    }

    /** The same query with another size of batches. */
    public CimQuery withBatch(int rows) {
        return new CimQuery(namespace, wql, rowsMax, rows);
    }

    /** A string of WQL: in single quotes, with backslashes before quotes and backslashes. */
    public static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
