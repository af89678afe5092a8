"""The publisher's SDK, unchanged: login and the three operations."""
import os

from sailpoint.configuration import Configuration, ConfigurationParams
from sailpoint.password_configuration.api.password_configuration_api import PasswordConfigurationApi
from sailpoint.password_configuration.api_client import ApiClient
from sailpoint.password_configuration.models.password_org_config import PasswordOrgConfig

params = ConfigurationParams()
params.base_url = os.environ["SAILPOINT"]
params.client_id = os.environ["SAILPOINT_ID"]
params.client_secret = os.environ["SAILPOINT_SECRET"]


def attempt(what, work):
    try:
        print(f"ok {what}" if work() else f"fail {what}: another answer")
    except Exception as error:  # whatever the SDK throws is the finding
        print(f"fail {what}: {' '.join(str(error).split())[:400]}")


try:
    api = PasswordConfigurationApi(ApiClient(Configuration(params)))
    print("ok login")
except Exception as error:
    print(f"fail login: {' '.join(str(error).split())[:400]}")
    raise SystemExit

config = PasswordOrgConfig(digit_token_enabled=True, digit_token_length=9)
attempt("create", lambda: api.create_password_org_config_v1(config).digit_token_length == 9)
attempt("read", lambda: api.get_password_org_config_v1().digit_token_enabled is True)
attempt("update", lambda: api.put_password_org_config_v1(PasswordOrgConfig(digit_token_length=10)).digit_token_length == 10)
