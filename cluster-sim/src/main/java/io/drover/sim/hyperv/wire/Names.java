package io.drover.sim.hyperv.wire;

/** Namespaces, actions and roles of WS-Management, as a Windows host uses them. */
final class Names {
    static final String SOAP = "http://www.w3.org/2003/05/soap-envelope";
    static final String ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    static final String ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    static final String TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    static final String WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    static final String WSMAN_MICROSOFT = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
    static final String CIM = "http://schemas.dmtf.org/wbem/wscim/1/common";
    static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";
    static final String IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    static final String FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    static final String WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError";
    static final String ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
    static final String WQL_DIALECT = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
    static final String FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";

    private Names() {}
}
