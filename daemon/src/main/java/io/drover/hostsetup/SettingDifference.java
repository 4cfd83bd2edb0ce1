package io.drover.hostsetup;

/**
 * A setting of a host that is not as it is wanted.
 *
 * @param setting its name, as in the configuration, or {@code network SUBNET}
 * @param is what it is, in words
 * @param wanted what it is to be, in words
 */
public record SettingDifference(String setting, String is, String wanted) {
    /** In words. */
    public String text() {
        return setting + " is " + is + ", wanted: " + wanted;
    }
}
