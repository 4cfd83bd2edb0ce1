"""Asks an emulated host with pywinrm: python3 pywinrm_caller.py ADDRESS VM"""
import sys
import time
import uuid
import xml.etree.ElementTree as ET

from winrm.exceptions import WinRMError
from winrm.protocol import Protocol

ADDRESS, VM = sys.argv[1:3]
SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
CLASSES = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"

host = Protocol(ADDRESS, transport="plaintext", username="drover", password="drover")


def send(action, uri, selectors, body):
    keys = "".join(f'<w:Selector Name="{k}">{v}</w:Selector>' for k, v in selectors.items())
    answer = host.send_message(
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:n="{ENUMERATION}"><s:Header>'
        f'<a:To>{ADDRESS}</a:To><w:ResourceURI s:mustUnderstand="true">{uri}</w:ResourceURI>'
        f"<a:ReplyTo><a:Address>{ADDRESSING}/role/anonymous</a:Address></a:ReplyTo><a:Action>{action}</a:Action>"
        f"<a:MessageID>uuid:{uuid.uuid4()}</a:MessageID><w:SelectorSet>{keys}</w:SelectorSet></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )
    return ET.fromstring(answer)


def text(root, name):
    return next(each.text for each in root.iter() if each.tag.endswith("}" + name))


def query(wql):
    begun = send(
        ENUMERATION + "/Enumerate",
        CLASSES + "*",
        {},
        f'<n:Enumerate><w:Filter Dialect="{WQL}">{wql}</w:Filter></n:Enumerate>',
    )
    context = text(begun, "EnumerationContext")
    items = []
    while True:
        pulled = send(
            ENUMERATION + "/Pull",
            CLASSES + "*",
            {},
            f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext></n:Pull>",
        )
        items += list(pulled.find(f".//{{{ENUMERATION}}}Items"))
        if pulled.find(f".//{{{ENUMERATION}}}EndOfSequence") is not None:
            return items


def got():
    keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": VM}
    vm = send(TRANSFER + "/Get", CLASSES + "Msvm_ComputerSystem", keys, "")
    print("got", text(vm, "ElementName"), text(vm, "EnabledState"))
    return keys


identity = ET.fromstring(
    host.send_message(
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body><i:Identify'
        ' xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>'
    )
)
print("vendor", text(identity, "ProductVendor"))
names = [text(each, "ElementName") for each in query("SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER")]
print("items", *names)
keys = got()
uri = CLASSES + "Msvm_ComputerSystem"
changed = send(
    uri + "/RequestStateChange",
    uri,
    keys,
    f'<p:RequestStateChange_INPUT xmlns:p="{uri}"><p:RequestedState>9</p:RequestedState></p:RequestStateChange_INPUT>',
)
job_uri = text(changed, "ResourceURI")
print("invoked", text(changed, "ReturnValue"), job_uri.rsplit("/", 1)[1])
job_id = text(changed, "Selector")
deadline = time.monotonic() + 30
while True:
    state = text(send(TRANSFER + "/Get", job_uri, {"InstanceID": job_id}, ""), "JobState")
    if state != "4" or time.monotonic() > deadline:
        break
    time.sleep(0.1)
print("job", state)
got()
try:
    send(TRANSFER + "/Get", uri, {"Name": VM}, "")
except WinRMError as refusal:
    print("refused", "w:InvalidSelectors" if "w:InvalidSelectors" in str(refusal) else refusal)
