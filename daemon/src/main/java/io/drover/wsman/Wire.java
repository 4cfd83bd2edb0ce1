package io.drover.wsman;

/** Names of WS-Management, as Windows uses them: the versions of the specifications of 2004, not later ones. */
final class Wire {
    static final String SOAP = "http://www.w3.org/2003/05/soap-envelope";
    static final String ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    static final String ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    static final String TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    static final String WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    static final String CIM = "http://schemas.dmtf.org/wbem/wscim/1/common";
    static final String IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    static final String FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";
    static final String WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
    static final String ANONYMOUS = ADDRESSING + "/role/anonymous";
    static final String MUTUAL_TLS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";
    static final String CONTENT_TYPE = "application/soap+xml;charset=UTF-8";

    private Wire() {}
}
