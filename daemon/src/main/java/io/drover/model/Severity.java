package io.drover.model;

/** How bad an event is. Later constants are worse. */
public enum Severity {
    /** A change as it should be. */
    INFO,

    /** Something that an operator should look at. */
    WARNING,

    /** Something that an operator must look at. */
    ERROR
}
