// Made by tools/generate-contracts.ts from docs/contracts; do not edit.
export const CONTRACTS = {
 "organizations": {
  "Instance": {
   "type": "object",
   "required": [
    "instance_id"
   ],
   "properties": {
    "instance_id": {
     "type": "string",
     "format": "uuid"
    }
   }
  },
  "ClaimedObject": {
   "type": "string",
   "minLength": 1,
   "maxLength": 1024
  },
  "OwnerId": {
   "type": "string",
   "minLength": 1,
   "maxLength": 512
  },
  "DocumentAddress": {
   "type": "string",
   "minLength": 1,
   "maxLength": 512
  },
  "ClaimRequest": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "object",
    "owner",
    "holder"
   ],
   "properties": {
    "object": {
     "$ref": "#/$defs/ClaimedObject"
    },
    "owner": {
     "$ref": "#/$defs/OwnerId"
    },
    "address": {
     "$ref": "#/$defs/DocumentAddress"
    },
    "holder": {
     "type": "string",
     "maxLength": 512
    },
    "aliases": {
     "type": "array",
     "maxItems": 20,
     "items": {
      "$ref": "#/$defs/OwnerId"
     }
    },
    "moved_from": {
     "$ref": "#/$defs/DocumentAddress"
    },
    "take_from": {
     "$ref": "#/$defs/OwnerId"
    }
   }
  },
  "Claim": {
   "type": "object",
   "required": [
    "object",
    "owner",
    "holder",
    "since"
   ],
   "properties": {
    "object": {
     "$ref": "#/$defs/ClaimedObject"
    },
    "owner": {
     "type": "string",
     "maxLength": 512
    },
    "address": {
     "$ref": "#/$defs/DocumentAddress"
    },
    "holder": {
     "type": "string"
    },
    "since": {
     "type": "string",
     "format": "date-time"
    }
   }
  },
  "ClaimPage": {
   "type": "object",
   "required": [
    "claims",
    "total"
   ],
   "properties": {
    "claims": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/Claim"
     }
    },
    "total": {
     "type": "integer",
     "minimum": 0
    }
   }
  },
  "Slug": {
   "type": "string",
   "pattern": "^[a-z0-9-]{1,63}$"
  },
  "DisplayName": {
   "type": "string",
   "maxLength": 256
  },
  "Secret": {
   "type": "string",
   "minLength": 1,
   "maxLength": 1024,
   "x-sensitive": true
  },
  "Access": {
   "type": "object",
   "writeOnly": true,
   "additionalProperties": false,
   "properties": {
    "pigello": {
     "type": "object",
     "additionalProperties": false,
     "properties": {
      "customer_id": {
       "$ref": "#/$defs/Secret"
      },
      "application_id": {
       "$ref": "#/$defs/Secret"
      },
      "service_id": {
       "$ref": "#/$defs/Secret"
      },
      "service_version_id": {
       "$ref": "#/$defs/Secret"
      },
      "client_ct": {
       "$ref": "#/$defs/Secret"
      },
      "client_entity": {
       "$ref": "#/$defs/Secret"
      },
      "client_secret": {
       "$ref": "#/$defs/Secret"
      }
     }
    },
    "cim": {
     "type": "object",
     "additionalProperties": false,
     "properties": {
      "username": {
       "$ref": "#/$defs/Secret"
      },
      "password": {
       "$ref": "#/$defs/Secret"
      }
     }
    },
    "sailpoint": {
     "type": "object",
     "additionalProperties": false,
     "properties": {
      "client_id": {
       "$ref": "#/$defs/Secret"
      },
      "client_secret": {
       "$ref": "#/$defs/Secret"
      }
     }
    },
    "navixy": {
     "type": "object",
     "additionalProperties": false,
     "properties": {
      "hash": {
       "$ref": "#/$defs/Secret"
      }
     }
    }
   }
  },
  "AccessSet": {
   "type": "object",
   "additionalProperties": {
    "type": "object",
    "additionalProperties": {
     "type": "boolean"
    }
   }
  },
  "OrganizationCreate": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "organization_id"
   ],
   "properties": {
    "organization_id": {
     "$ref": "#/$defs/Slug"
    },
    "id": {
     "type": "string",
     "format": "uuid"
    },
    "display_name": {
     "$ref": "#/$defs/DisplayName"
    },
    "access": {
     "$ref": "#/$defs/Access"
    },
    "navixy_users": {
     "$ref": "#/$defs/NavixyUserIds"
    }
   }
  },
  "OrganizationUpdate": {
   "type": "object",
   "additionalProperties": false,
   "properties": {
    "organization_id": {
     "$ref": "#/$defs/Slug"
    },
    "id": {
     "type": "string",
     "format": "uuid"
    },
    "display_name": {
     "$ref": "#/$defs/DisplayName"
    },
    "access": {
     "$ref": "#/$defs/Access"
    },
    "navixy_users": {
     "$ref": "#/$defs/NavixyUserIds"
    }
   }
  },
  "Organization": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "organization_id",
    "id",
    "display_name",
    "access_set",
    "navixy_users",
    "created_at",
    "updated_at"
   ],
   "properties": {
    "organization_id": {
     "$ref": "#/$defs/Slug"
    },
    "id": {
     "type": "string",
     "format": "uuid"
    },
    "display_name": {
     "$ref": "#/$defs/DisplayName"
    },
    "access_set": {
     "$ref": "#/$defs/AccessSet"
    },
    "navixy_users": {
     "$ref": "#/$defs/NavixyUserIds"
    },
    "created_at": {
     "type": "string",
     "format": "date-time"
    },
    "updated_at": {
     "type": "string",
     "format": "date-time"
    }
   }
  },
  "OrganizationPage": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "organizations",
    "total"
   ],
   "properties": {
    "organizations": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/Organization"
     }
    },
    "total": {
     "type": "integer",
     "minimum": 0
    }
   }
  },
  "ClientSecret": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "client_secret"
   ],
   "properties": {
    "client_secret": {
     "type": "string",
     "minLength": 1,
     "maxLength": 1024,
     "x-sensitive": true
    }
   }
  },
  "KeyMaterial": {
   "type": "object",
   "additionalProperties": false,
   "minProperties": 1,
   "properties": {
    "private_key": {
     "type": "string",
     "minLength": 1,
     "maxLength": 16384,
     "x-sensitive": true
    },
    "certificate": {
     "type": "string",
     "minLength": 1,
     "maxLength": 16384
    },
    "keytab": {
     "type": "string",
     "minLength": 1,
     "maxLength": 65536,
     "x-sensitive": true
    }
   }
  },
  "KeyList": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "keys"
   ],
   "properties": {
    "keys": {
     "type": "array",
     "items": {
      "type": "object",
      "additionalProperties": false,
      "required": [
       "name",
       "created_at"
      ],
      "properties": {
       "name": {
        "type": "string"
       },
       "public_key": {
        "type": "object"
       },
       "keytab": {
        "type": "array",
        "items": {
         "type": "object",
         "additionalProperties": false,
         "required": [
          "principal",
          "kvno",
          "encryption"
         ],
         "properties": {
          "principal": {
           "type": "string"
          },
          "kvno": {
           "type": "integer"
          },
          "encryption": {
           "type": "string"
          }
         }
        }
       },
       "certificate": {
        "type": "string"
       },
       "created_at": {
        "type": "string",
        "format": "date-time"
       }
      }
     }
    }
   }
  },
  "LoginMethodList": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "login_methods"
   ],
   "properties": {
    "login_methods": {
     "type": "array",
     "items": {
      "type": "object",
      "additionalProperties": false,
      "required": [
       "id",
       "type",
       "name",
       "enabled",
       "client_secret_set",
       "redirect_uris",
       "post_logout_redirect_uris",
       "front_channel_logout_uris",
       "metadata_uris",
       "jwks_uri"
      ],
      "properties": {
       "id": {
        "type": "string"
       },
       "type": {
        "type": "string"
       },
       "name": {
        "type": "string"
       },
       "enabled": {
        "type": "boolean"
       },
       "client_secret_set": {
        "type": "boolean"
       },
       "redirect_uris": {
        "type": "array",
        "items": {
         "type": "string"
        }
       },
       "post_logout_redirect_uris": {
        "type": "array",
        "items": {
         "type": "string"
        }
       },
       "front_channel_logout_uris": {
        "type": "array",
        "items": {
         "type": "string"
        }
       },
       "metadata_uris": {
        "type": "array",
        "items": {
         "type": "string"
        }
       },
       "jwks_uri": {
        "type": "string"
       }
      }
     }
    }
   }
  },
  "StaticFileContents": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "files"
   ],
   "properties": {
    "files": {
     "type": "object",
     "maxProperties": 200,
     "additionalProperties": {
      "type": "string",
      "maxLength": 1398104
     }
    }
   }
  },
  "StaticFiles": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "next",
    "served"
   ],
   "properties": {
    "next": {
     "$ref": "#/$defs/StaticFileList"
    },
    "served": {
     "$ref": "#/$defs/StaticFileList"
    }
   }
  },
  "StaticFileList": {
   "type": "array",
   "items": {
    "type": "object",
    "additionalProperties": false,
    "required": [
     "path",
     "type",
     "bytes",
     "sha256"
    ],
    "properties": {
     "path": {
      "type": "string"
     },
     "type": {
      "type": "string"
     },
     "bytes": {
      "type": "integer"
     },
     "sha256": {
      "type": "string"
     }
    }
   }
  },
  "NavixyUserIds": {
   "type": "array",
   "maxItems": 10000,
   "uniqueItems": true,
   "items": {
    "type": "integer",
    "minimum": 1,
    "maximum": 2147483647
   }
  },
  "NavixyUsers": {
   "type": "object",
   "additionalProperties": false,
   "required": [
    "ids"
   ],
   "properties": {
    "ids": {
     "$ref": "#/$defs/NavixyUserIds"
    }
   }
  },
  "Error": {
   "type": "object",
   "required": [
    "detail"
   ],
   "properties": {
    "detail": {
     "type": "string"
    },
    "issues": {
     "type": "array",
     "items": {
      "type": "object",
      "required": [
       "pointer",
       "message"
      ],
      "properties": {
       "pointer": {
        "type": "string"
       },
       "message": {
        "type": "string"
       }
      }
     }
    }
   }
  }
 },
 "pigello": {
  "SecurityConfigurationInput": {
   "type": "object",
   "properties": {
    "customers_can_use_bankid_login": {
     "type": "boolean"
    },
    "require_mfa_for_customers": {
     "type": "boolean"
    },
    "customers_can_use_hotp_login": {
     "type": "boolean"
    },
    "password_expiration_days": {
     "type": [
      "integer",
      "null"
     ],
     "format": "int32",
     "minimum": 14,
     "maximum": 2147483647
    },
    "non_customers_can_use_bankid_login": {
     "type": "boolean"
    },
    "non_customers_can_use_hotp_login": {
     "type": "boolean"
    },
    "custom_id": {
     "type": [
      "string",
      "null"
     ],
     "maxLength": 128
    },
    "require_mfa_for_non_customers": {
     "type": "boolean"
    },
    "organization": {
     "anyOf": [
      {
       "$ref": "#/$defs/Organization"
      },
      {
       "type": "null"
      }
     ]
    },
    "approved_non_customer_hotp_email_domains": {
     "type": [
      "array",
      "null"
     ],
     "items": {
      "type": "string"
     }
    }
   }
  },
  "SecurityConfiguration": {
   "type": "object",
   "required": [
    "id"
   ],
   "properties": {
    "id": {
     "type": "string",
     "format": "uuid",
     "readOnly": true,
     "x-unique": true
    },
    "created_at": {
     "type": "string",
     "format": "date-time",
     "readOnly": true
    },
    "customers_can_use_bankid_login": {
     "type": "boolean"
    },
    "require_mfa_for_customers": {
     "type": "boolean"
    },
    "customers_can_use_hotp_login": {
     "type": "boolean"
    },
    "password_expiration_days": {
     "type": [
      "integer",
      "null"
     ],
     "format": "int32",
     "minimum": 14,
     "maximum": 2147483647
    },
    "non_customers_can_use_bankid_login": {
     "type": "boolean"
    },
    "non_customers_can_use_hotp_login": {
     "type": "boolean"
    },
    "custom_id": {
     "type": [
      "string",
      "null"
     ],
     "maxLength": 128
    },
    "require_mfa_for_non_customers": {
     "type": "boolean"
    },
    "organization": {
     "anyOf": [
      {
       "$ref": "#/$defs/Organization"
      },
      {
       "type": "null"
      }
     ]
    },
    "approved_non_customer_hotp_email_domains": {
     "type": [
      "array",
      "null"
     ],
     "items": {
      "type": "string"
     }
    }
   }
  },
  "Organization": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string",
     "format": "uuid"
    }
   }
  },
  "ValidationError": {
   "type": "object",
   "additionalProperties": {
    "type": "array",
    "items": {
     "type": "string"
    }
   }
  },
  "Problem": {
   "type": "object",
   "properties": {
    "detail": {
     "type": "string"
    }
   }
  }
 },
 "cim": {
  "ActionTokenApp2WebLogin": {
   "type": "object",
   "properties": {
    "enabled": {
     "type": "boolean"
    },
    "ttl": {
     "type": "integer"
    },
    "authentication_level": {
     "type": "integer"
    }
   }
  },
  "ActionTokenConfiguration": {
   "type": "object",
   "properties": {
    "app_to_web": {
     "$ref": "#/$defs/ActionTokenApp2WebLogin"
    },
    "coupling": {
     "$ref": "#/$defs/ActionTokenCoupling"
    },
    "login": {
     "$ref": "#/$defs/ActionTokenLogin"
    },
    "whitelisted_urls": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/WhitelistedUrl"
     }
    }
   }
  },
  "ActionTokenCoupling": {
   "type": "object",
   "properties": {
    "enabled": {
     "type": "boolean"
    },
    "ttl": {
     "type": "integer"
    }
   }
  },
  "ActionTokenLogin": {
   "type": "object",
   "properties": {
    "enabled": {
     "type": "boolean"
    },
    "ttl": {
     "type": "integer"
    },
    "authentication_level": {
     "type": "integer"
    },
    "ui_generation_enabled": {
     "type": "boolean"
    }
   }
  },
  "AttributeType": {
   "type": "string",
   "enum": [
    "NAME",
    "PHONE",
    "BIRTH_DATE",
    "EMAIL"
   ]
  },
  "AttributesConfiguration": {
   "type": "object",
   "properties": {
    "name_visible_on_dashboard": {
     "type": "boolean"
    },
    "person_creation_mandatory_fields": {
     "$ref": "#/$defs/PersonCreationMandatoryAttributes"
    },
    "sign_up_form_fields": {
     "$ref": "#/$defs/SignUpFormFields"
    },
    "verification": {
     "$ref": "#/$defs/AttributesVerification"
    }
   }
  },
  "AttributesVerification": {
   "type": "object",
   "properties": {
    "email_enabled": {
     "type": "boolean"
    },
    "email_required": {
     "type": "boolean"
    },
    "mobile_number_enabled": {
     "type": "boolean"
    }
   }
  },
  "AzureAdB2cAttributes": {
   "type": "object",
   "properties": {
    "tenant_id": {
     "type": "string"
    },
    "application_id": {
     "type": "string"
    },
    "policy": {
     "type": "string"
    },
    "front_channel_logout_enabled": {
     "type": "boolean"
    }
   }
  },
  "BaseOAuthAttributes": {
   "type": "object",
   "properties": {
    "clientId": {
     "type": "string"
    },
    "client_secret": {
     "type": "string",
     "x-sensitive": true
    }
   }
  },
  "CIMConfiguration": {
   "type": "object",
   "properties": {
    "attributes": {
     "$ref": "#/$defs/AttributesConfiguration"
    },
    "custom_messages": {
     "$ref": "#/$defs/CustomMessages"
    },
    "features": {
     "$ref": "#/$defs/FeaturesConfiguration"
    },
    "login_methods": {
     "$ref": "#/$defs/LoginMethodsConfiguration"
    },
    "step_up": {
     "$ref": "#/$defs/StepUpConfiguration"
    },
    "ui_extension": {
     "$ref": "#/$defs/UIExtensionConfiguration"
    }
   }
  },
  "Configuration": {
   "type": "object",
   "required": [
    "messages",
    "password_policy"
   ],
   "properties": {
    "messages": {
     "$ref": "#/$defs/Messages"
    },
    "password_policy": {
     "$ref": "#/$defs/PasswordPolicy"
    },
    "profile": {
     "$ref": "#/$defs/Profile"
    }
   }
  },
  "ConfigurationUnitsUpdate": {
   "type": "object",
   "properties": {
    "attributes": {
     "$ref": "#/$defs/AttributesConfiguration"
    },
    "custom_messages": {
     "$ref": "#/$defs/CustomMessages"
    },
    "features": {
     "$ref": "#/$defs/FeaturesConfiguration"
    },
    "login_methods": {
     "$ref": "#/$defs/LoginMethodsConfiguration"
    },
    "step_up": {
     "$ref": "#/$defs/StepUpConfiguration"
    },
    "ui_extension": {
     "$ref": "#/$defs/UIExtensionConfiguration"
    },
    "messages": {
     "$ref": "#/$defs/Messages"
    },
    "password_policy": {
     "$ref": "#/$defs/PasswordPolicy"
    },
    "profile": {
     "$ref": "#/$defs/Profile"
    }
   }
  },
  "CustomAttributeField": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string"
    },
    "name": {
     "type": "string"
    },
    "type": {
     "type": "string",
     "enum": [
      "TEXT",
      "NUMBER",
      "CHECKBOX"
     ]
    }
   }
  },
  "CustomAttributesMapping": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string"
    },
    "attribute_to_map_from": {
     "type": "string"
    },
    "attribute_to_map_to": {
     "type": "string"
    }
   }
  },
  "CustomEmailValidation": {
   "type": "object",
   "properties": {
    "enabled": {
     "type": "boolean"
    },
    "before_at_regex": {
     "type": "string"
    },
    "after_at_regex": {
     "type": "string"
    }
   }
  },
  "CustomMessages": {
   "type": "object",
   "properties": {
    "default": {
     "type": "object",
     "additionalProperties": {
      "type": "string"
     }
    },
    "locales": {
     "anyOf": [
      {
       "type": "object",
       "additionalProperties": {
        "$ref": "#/$defs/LocaleCustomMessages"
       }
      },
      {
       "type": "object",
       "required": [
        "locales"
       ],
       "properties": {
        "locales": {
         "type": "object",
         "additionalProperties": {
          "$ref": "#/$defs/LocaleCustomMessages"
         }
        }
       }
      }
     ]
    }
   }
  },
  "DigidAttributes": {
   "type": "object",
   "properties": {
    "idp_metadata": {
     "type": "string"
    },
    "required_authentication_level": {
     "type": "string",
     "enum": [
      "BASIC",
      "MIDDLE",
      "SUBSTANTIAL",
      "HIGH"
     ]
    }
   }
  },
  "EidasAttributes": {
   "type": "object",
   "properties": {
    "authentication_service": {
     "type": "string",
     "enum": [
      "NONE",
      "ACCEPTANCE",
      "PRODUCTION",
      "CUSTOM"
     ]
    },
    "authentication_service_custom_value": {
     "type": "string"
    },
    "required_level_of_assurance": {
     "type": "string",
     "enum": [
      "NON_EXISTENT",
      "LOW",
      "LOW_PLUS",
      "SUBSTANTIAL",
      "HIGH"
     ]
    },
    "entity_id": {
     "type": "string"
    },
    "bsn_verification_point": {
     "type": "string"
    },
    "pseudo_id_verification_point": {
     "type": "string"
    },
    "encryption_key_id": {
     "type": "string"
    },
    "signing_key_id": {
     "type": "string"
    },
    "bsn_decryption_key_id": {
     "type": "string"
    },
    "pseudo_id_decryption_key_id": {
     "type": "string"
    },
    "pseudo_id_closing_key_id": {
     "type": "string"
    },
    "idp_metadata": {
     "type": "string"
    }
   }
  },
  "ExternallyDeliveredCode": {
   "type": "object",
   "properties": {
    "unavailability_time": {
     "type": "integer"
    },
    "resend_code_minimum_period": {
     "type": "integer"
    },
    "force_activation_after_accepting_invitation": {
     "type": "boolean"
    }
   }
  },
  "FacebookAttributes": {
   "allOf": [
    {
     "$ref": "#/$defs/BaseOAuthAttributes"
    }
   ]
  },
  "FeaturesConfiguration": {
   "type": "object",
   "properties": {
    "login_enabled": {
     "type": "boolean"
    },
    "sign_up_enabled": {
     "type": "boolean"
    },
    "automated_external_identity_coupling_enabled": {
     "type": "boolean"
    },
    "bind_multiple_external_accounts_with_one_cim_account": {
     "type": "boolean"
    },
    "accepting_invitation_enabled": {
     "type": "boolean"
    },
    "post_login_extra_registration_after_second_login": {
     "type": "boolean"
    },
    "action_token": {
     "$ref": "#/$defs/ActionTokenConfiguration"
    },
    "person_activation": {
     "$ref": "#/$defs/PersonActivationConfiguration"
    },
    "password_reset_enabled": {
     "type": "boolean"
    },
    "username_reminder_via_sms_enabled": {
     "type": "boolean"
    },
    "mobile_number_validation_backend_services_enabled": {
     "type": "boolean"
    },
    "custom_email_validation": {
     "$ref": "#/$defs/CustomEmailValidation"
    },
    "migration_enabled": {
     "type": "boolean"
    },
    "unauthenticated_migration_enabled": {
     "type": "boolean"
    },
    "person_identifier_in_external_profile_required_for_migration": {
     "type": "boolean"
    },
    "invitation_verification_required": {
     "$ref": "#/$defs/InvitationVerification"
    },
    "allow_sign_up_without_invitation_validation": {
     "type": "boolean"
    },
    "pin_enabled": {
     "type": "boolean"
    },
    "sms_enabled": {
     "type": "boolean"
    },
    "google_authenticator_step_up_authentication_enabled": {
     "type": "boolean"
    },
    "mobile_authentication_enabled": {
     "type": "boolean"
    },
    "step_up_authentication_method_externally_delivered_code_enabled": {
     "type": "boolean"
    },
    "cookie_based_saml_authentication": {
     "type": "boolean"
    },
    "person_api_enabled": {
     "type": "boolean"
    },
    "credentials_api_enabled": {
     "type": "boolean"
    },
    "configuration_api_enabled": {
     "type": "boolean"
    },
    "events_api_enabled": {
     "type": "boolean"
    },
    "statistics_api_enabled": {
     "type": "boolean"
    },
    "session_api_enabled": {
     "type": "boolean"
    },
    "storage_api_enabled": {
     "type": "boolean"
    },
    "experimental_features_enabled": {
     "type": "boolean"
    }
   }
  },
  "Fields": {
   "type": "string",
   "enum": [
    "profile",
    "messages",
    "password_policy"
   ]
  },
  "FilteredConfiguration": {
   "type": "object",
   "properties": {
    "messages": {
     "$ref": "#/$defs/Messages"
    },
    "password_policy": {
     "$ref": "#/$defs/PasswordPolicy"
    },
    "profile": {
     "$ref": "#/$defs/Profile"
    }
   }
  },
  "GoogleAttributes": {
   "allOf": [
    {
     "$ref": "#/$defs/BaseOAuthAttributes"
    }
   ]
  },
  "IdentityProviderConfig": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string"
    },
    "name": {
     "type": "string"
    },
    "type": {
     "type": "string"
    },
    "saml_properties": {
     "$ref": "#/$defs/SamlProperties"
    }
   }
  },
  "IdentityProviderConfigResultSet": {
   "type": "object",
   "properties": {
    "result": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/IdentityProviderConfig"
     }
    }
   }
  },
  "IdinAttributes": {
   "type": "object",
   "properties": {
    "directory_url": {
     "type": "string"
    },
    "transaction_url": {
     "type": "string"
    },
    "status_url": {
     "type": "string"
    },
    "acquirer_public_certificate_id": {
     "type": "string"
    },
    "merchant_id": {
     "type": "string"
    },
    "sub_id": {
     "type": "string"
    },
    "merchant_return_host_name": {
     "type": "string"
    },
    "merchant_certificate_pair_id": {
     "type": "string"
    },
    "saml_certificate_pair_id": {
     "type": "string"
    }
   }
  },
  "InvitationVerification": {
   "type": "object",
   "properties": {
    "via_birthdate_enabled": {
     "type": "boolean"
    },
    "via_sms_enabled": {
     "type": "boolean"
    },
    "via_externally_delivered_code_enabled": {
     "type": "boolean"
    }
   }
  },
  "ItsmeAttributes": {
   "type": "object",
   "properties": {
    "client_id": {
     "type": "string"
    },
    "login_service_code": {
     "type": "string"
    },
    "security_level": {
     "type": "string",
     "enum": [
      "BASIC",
      "ADVANCED"
     ]
    },
    "front_channel_logout_enabled": {
     "type": "boolean"
    },
    "discovery_url": {
     "type": "string"
    },
    "metadata_expiration_time_in_seconds": {
     "type": "integer"
    },
    "scopes": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "claims": {
     "type": "array",
     "items": {
      "type": "string"
     }
    }
   }
  },
  "KerberosAttributes": {
   "type": "object",
   "properties": {
    "auto_login_enabled": {
     "type": "boolean"
    }
   }
  },
  "LdapAttributes": {
   "type": "object",
   "properties": {
    "server_urls": {
     "type": "string"
    },
    "base_suffix": {
     "type": "string"
    },
    "user_distinguished_name": {
     "type": "string"
    },
    "password": {
     "type": "string",
     "x-sensitive": true
    },
    "authentication_dn_template": {
     "type": "string"
    },
    "match_pattern": {
     "type": "string"
    },
    "ip_range_enabled": {
     "type": "boolean"
    },
    "ip_ranges": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "attributes_to_be_fetched": {
     "type": "array",
     "items": {
      "type": "string"
     }
    }
   }
  },
  "LinkedInAttributes": {
   "allOf": [
    {
     "$ref": "#/$defs/BaseOAuthAttributes"
    }
   ]
  },
  "LocaleCustomMessages": {
   "type": "object",
   "additionalProperties": {
    "type": "string"
   }
  },
  "LoginMethod": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string"
    },
    "type": {
     "type": "string",
     "enum": [
      "AZURE_AD_B2C",
      "BANK_ID",
      "DIGID",
      "EIDAS",
      "FACEBOOK",
      "GOOGLE",
      "IDIN",
      "ITSME",
      "KERBEROS",
      "LDAP",
      "LINKEDIN",
      "OPEN_ID_CONNECT",
      "PAYPAL",
      "QR_CODE",
      "SAML",
      "SIGN_IN_WITH_APPLE",
      "TWITTER",
      "USERNAME_AND_PASSWORD"
     ]
    },
    "name": {
     "type": "string"
    },
    "authentication_level": {
     "type": "integer"
    },
    "removable": {
     "type": "boolean"
    },
    "enabled": {
     "type": "boolean"
    },
    "auto_activation_enabled": {
     "type": "boolean"
    },
    "auto_email_verification": {
     "type": "boolean"
    },
    "synchronise_attributes": {
     "type": "boolean"
    },
    "migration_during_sign_up": {
     "type": "boolean"
    },
    "force_creating_username_and_password_during_sign_up": {
     "type": "boolean"
    },
    "saml_mutual_ssl_tls_attributes": {
     "$ref": "#/$defs/SamlMutualSslTlsAttributes"
    },
    "attribute_mappings": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/LoginMethodsAttributeMapping"
     }
    },
    "custom_attribute_mappings": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/CustomAttributesMapping"
     }
    },
    "excluded_unmapped_attributes": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "custom_attribute_fields": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/CustomAttributeField"
     }
    },
    "azure_ad_b2c_attributes": {
     "$ref": "#/$defs/AzureAdB2cAttributes"
    },
    "digid_attributes": {
     "$ref": "#/$defs/DigidAttributes"
    },
    "eidas_attributes": {
     "$ref": "#/$defs/EidasAttributes"
    },
    "facebook_attributes": {
     "$ref": "#/$defs/FacebookAttributes"
    },
    "google_attributes": {
     "$ref": "#/$defs/GoogleAttributes"
    },
    "idin_attributes": {
     "$ref": "#/$defs/IdinAttributes"
    },
    "itsme_attributes": {
     "$ref": "#/$defs/ItsmeAttributes"
    },
    "kerberos_attributes": {
     "$ref": "#/$defs/KerberosAttributes"
    },
    "ladp_attributes": {
     "$ref": "#/$defs/LdapAttributes"
    },
    "linkedin_attributes": {
     "$ref": "#/$defs/LinkedInAttributes"
    },
    "open_id_connect_attributes": {
     "$ref": "#/$defs/OpenIdConnectAttributes"
    },
    "paypal_attributes": {
     "$ref": "#/$defs/PaypalAttributes"
    },
    "twitter_attributes": {
     "$ref": "#/$defs/TwitterAttributes"
    },
    "qr_code_attributes": {
     "$ref": "#/$defs/QrCodeAttributes"
    },
    "saml_attributes": {
     "$ref": "#/$defs/SamlAttributes"
    },
    "sign_in_with_apple_attributes": {
     "$ref": "#/$defs/SignInWithAppleAttributes"
    }
   },
   "x-block-per-type": {
    "AZURE_AD_B2C": "azure_ad_b2c_attributes",
    "BANK_ID": null,
    "DIGID": "digid_attributes",
    "EIDAS": "eidas_attributes",
    "FACEBOOK": "facebook_attributes",
    "GOOGLE": "google_attributes",
    "IDIN": "idin_attributes",
    "ITSME": "itsme_attributes",
    "KERBEROS": "kerberos_attributes",
    "LDAP": "ladp_attributes",
    "LINKEDIN": "linkedin_attributes",
    "OPEN_ID_CONNECT": "open_id_connect_attributes",
    "PAYPAL": "paypal_attributes",
    "QR_CODE": "qr_code_attributes",
    "SAML": "saml_attributes",
    "SIGN_IN_WITH_APPLE": "sign_in_with_apple_attributes",
    "TWITTER": "twitter_attributes",
    "USERNAME_AND_PASSWORD": null
   }
  },
  "LoginMethodsAttributeMapping": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string"
    },
    "map_from": {
     "type": "string"
    },
    "map_to": {
     "type": "string"
    },
    "editable": {
     "type": "boolean"
    }
   }
  },
  "LoginMethodsConfiguration": {
   "type": "object",
   "properties": {
    "login_methods": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/LoginMethod"
     }
    },
    "mobile_login": {
     "$ref": "#/$defs/MobileLogin"
    }
   }
  },
  "Messages": {
   "type": "object",
   "additionalProperties": {
    "anyOf": [
     {
      "$ref": "#/$defs/Translations"
     },
     {
      "type": "object",
      "additionalProperties": {
       "$ref": "#/$defs/Translations"
      }
     }
    ]
   }
  },
  "MobileLogin": {
   "type": "object",
   "properties": {
    "enabled": {
     "type": "boolean"
    },
    "show_use_mobile_to_login": {
     "type": "boolean"
    },
    "authentication_type": {
     "type": "string"
    },
    "login_message": {
     "type": "string"
    },
    "allowed_login_attempts": {
     "type": "integer"
    },
    "step_up_type": {
     "type": "string"
    },
    "step_up_message": {
     "type": "string"
    }
   }
  },
  "OpenIdConnectAttributes": {
   "type": "object",
   "properties": {
    "client_authentication_method": {
     "type": "string",
     "enum": [
      "CLIENT_SECRET_BASIC",
      "PRIVATE_KEY_JWT"
     ]
    },
    "client_id": {
     "type": "string"
    },
    "manual_metadata_setup": {
     "type": "boolean"
    },
    "discovery_url": {
     "type": "string"
    },
    "metadata_expiration_time_in_seconds": {
     "type": "integer"
    },
    "authorization_url": {
     "type": "string"
    },
    "id_token_url": {
     "type": "string"
    },
    "user_info_url": {
     "type": "string"
    },
    "jwks_url": {
     "type": "string"
    },
    "issuer": {
     "type": "string"
    },
    "end_session_url": {
     "type": "string"
    },
    "front_channel_logout_enabled": {
     "type": "boolean"
    },
    "scopes": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "claims": {
     "type": "array",
     "items": {
      "type": "string"
     }
    },
    "id_token_encryption_required": {
     "type": "boolean"
    },
    "user_info_encryption_required": {
     "type": "boolean"
    }
   }
  },
  "PasswordPolicy": {
   "type": "object",
   "required": [
    "min_length",
    "max_length",
    "lower_case_char_required",
    "upper_case_char_required",
    "special_char_required",
    "breached_password_blocked"
   ],
   "properties": {
    "min_length": {
     "type": "integer",
     "format": "int32"
    },
    "max_length": {
     "type": "integer",
     "format": "int32"
    },
    "lower_case_char_required": {
     "type": "boolean"
    },
    "upper_case_char_required": {
     "type": "boolean"
    },
    "special_char_required": {
     "type": "boolean"
    },
    "breached_password_blocked": {
     "type": "boolean"
    }
   }
  },
  "PaypalAttributes": {
   "allOf": [
    {
     "$ref": "#/$defs/BaseOAuthAttributes"
    }
   ]
  },
  "PersonActivationConfiguration": {
   "type": "object",
   "properties": {
    "enabled": {
     "type": "boolean"
    },
    "expiration_time": {
     "type": "integer"
    },
    "type": {
     "type": "string",
     "enum": [
      "EMAIL",
      "EXTERNALLY_DELIVERED_CODE"
     ]
    },
    "externally_delivered_code": {
     "$ref": "#/$defs/ExternallyDeliveredCode"
    }
   }
  },
  "PersonCreationMandatoryAttributes": {
   "type": "object",
   "properties": {
    "first_name_required": {
     "type": "boolean"
    },
    "last_name_required": {
     "type": "boolean"
    },
    "mobile_number_required": {
     "type": "boolean"
    }
   }
  },
  "Profile": {
   "type": "object",
   "properties": {
    "required_attributes_validation_rules": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/RequiredAttributesValidationRule"
     }
    }
   }
  },
  "QrCodeAttributes": {
   "type": "object",
   "properties": {
    "mobile_authentication_type": {
     "type": "string"
    },
    "google_play_link": {
     "type": "string"
    },
    "app_store_link": {
     "type": "string"
    },
    "deep_linking_enabled": {
     "type": "boolean"
    },
    "deep_linking_redirect_url": {
     "type": "string"
    }
   }
  },
  "RequiredAttributesValidationRule": {
   "type": "object",
   "properties": {
    "any_of": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/AttributeType"
     }
    }
   }
  },
  "SamlAttributes": {
   "type": "object",
   "properties": {
    "idp_metadata": {
     "type": "string"
    },
    "comparison": {
     "type": "string",
     "enum": [
      "EXACT",
      "MINIMUM",
      "MAXIMUM",
      "BETTER"
     ]
    },
    "authentication_level_mappings": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/SamlAuthenticationLevelMapping"
     }
    }
   }
  },
  "SamlAuthenticationLevelMapping": {
   "type": "object",
   "properties": {
    "authn_context_class_ref_name": {
     "type": "string"
    },
    "authentication_level": {
     "type": "integer"
    }
   }
  },
  "SamlMutualSslTlsAttributes": {
   "type": "object",
   "properties": {
    "client_key_pair_id": {
     "type": "string"
    },
    "server_certificate_id": {
     "type": "string"
    }
   }
  },
  "SamlProperties": {
   "type": "object",
   "properties": {
    "authn_context": {
     "type": "string"
    }
   }
  },
  "SignInWithAppleAttributes": {
   "type": "object",
   "properties": {
    "client_id": {
     "type": "string"
    },
    "team_id": {
     "type": "string"
    },
    "key_id": {
     "type": "string"
    },
    "jwks_uri": {
     "type": "string"
    },
    "domain_verification_file_content": {
     "type": "string"
    },
    "signing_key_id": {
     "type": "string"
    },
    "scopes": {
     "type": "array",
     "items": {
      "type": "string"
     }
    }
   }
  },
  "SignUpFormFields": {
   "type": "object",
   "properties": {
    "mobile_number_enabled": {
     "type": "boolean"
    },
    "mobile_number_confirmation_enabled": {
     "type": "boolean"
    },
    "email_confirmation_enabled": {
     "type": "boolean"
    }
   }
  },
  "StepUpActionsConfiguration": {
   "type": "object",
   "properties": {
    "default_step_up_authentication_level": {
     "type": "integer"
    },
    "dashboard_step_up_authentication_level": {
     "type": "integer"
    },
    "allow_set_initial_step_up_method_enabled": {
     "type": "boolean"
    },
    "setup_step_up_methods_authentication_level": {
     "type": "integer"
    },
    "change_email_authentication_level": {
     "type": "integer"
    },
    "change_password_authentication_level": {
     "type": "integer"
    }
   }
  },
  "StepUpAuthenticationMethodsConfiguration": {
   "type": "object",
   "properties": {
    "pin_authentication_level": {
     "type": "integer"
    },
    "sms_authentication_level": {
     "type": "integer"
    },
    "email_authentication_level": {
     "type": "integer"
    },
    "google_authenticator_authentication_level": {
     "type": "integer"
    },
    "push_authentication_level": {
     "type": "integer"
    },
    "externally_delivered_code_authentication_level": {
     "type": "integer"
    }
   }
  },
  "StepUpConfiguration": {
   "type": "object",
   "properties": {
    "actions": {
     "$ref": "#/$defs/StepUpActionsConfiguration"
    },
    "authentication_methods": {
     "$ref": "#/$defs/StepUpAuthenticationMethodsConfiguration"
    },
    "stategy": {
     "type": "string",
     "enum": [
      "USER_PREFERENCE",
      "STRONGEST_AVAILABLE"
     ]
    }
   }
  },
  "Translations": {
   "type": "object",
   "additionalProperties": {
    "type": "string"
   }
  },
  "TwitterAttributes": {
   "allOf": [
    {
     "$ref": "#/$defs/BaseOAuthAttributes"
    }
   ]
  },
  "UIExtensionConfiguration": {
   "type": "object",
   "properties": {
    "base_url": {
     "type": "string"
    },
    "enable_login_redirect": {
     "type": "boolean"
    },
    "login_path": {
     "type": "string"
    }
   }
  },
  "WhitelistedUrl": {
   "type": "object",
   "properties": {
    "id": {
     "type": "string",
     "format": "uuid",
     "readOnly": true
    },
    "url": {
     "type": "string"
    }
   }
  },
  "WhitelistedUrls": {
   "type": "object",
   "properties": {
    "whitelisted_urls": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/WhitelistedUrl"
     }
    }
   }
  }
 },
 "sailpoint": {
  "PasswordOrgConfig": {
   "type": "object",
   "properties": {
    "customInstructionsEnabled": {
     "type": "boolean",
     "default": false
    },
    "digitTokenEnabled": {
     "type": "boolean",
     "default": false
    },
    "digitTokenDurationMinutes": {
     "type": "integer",
     "format": "int32",
     "minimum": 1,
     "maximum": 60,
     "default": 5
    },
    "digitTokenLength": {
     "type": "integer",
     "format": "int32",
     "minimum": 6,
     "maximum": 18,
     "default": 6
    }
   }
  },
  "ErrorResponseDto": {
   "type": "object",
   "properties": {
    "detailCode": {
     "type": "string"
    },
    "trackingId": {
     "type": "string"
    },
    "messages": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/ErrorMessageDto"
     }
    },
    "causes": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/ErrorMessageDto"
     }
    }
   }
  },
  "ErrorMessageDto": {
   "type": "object",
   "properties": {
    "locale": {
     "type": [
      "string",
      "null"
     ]
    },
    "localeOrigin": {
     "anyOf": [
      {
       "type": "string",
       "enum": [
        "DEFAULT",
        "REQUEST"
       ]
      },
      {
       "type": "string"
      },
      {
       "type": "null"
      }
     ]
    },
    "text": {
     "type": "string"
    }
   }
  },
  "ListAccessModelMetadataAttribute401Response": {
   "type": "object",
   "properties": {
    "error": {}
   }
  },
  "ListAccessModelMetadataAttribute429Response": {
   "type": "object",
   "properties": {
    "message": {}
   }
  }
 },
 "navixy": {
  "UpdateUserMfaSettingsRequest": {
   "type": "object",
   "required": [
    "target",
    "settings"
   ],
   "properties": {
    "target": {
     "$ref": "#/$defs/UpdateTarget"
    },
    "settings": {
     "$ref": "#/$defs/MfaSettings"
    },
    "hash": {
     "type": "string",
     "x-sensitive": true
    }
   }
  },
  "UpdateDefaultMfaSettingsRequest": {
   "type": "object",
   "required": [
    "settings"
   ],
   "properties": {
    "settings": {
     "$ref": "#/$defs/MfaSettings"
    },
    "hash": {
     "type": "string",
     "x-sensitive": true
    }
   }
  },
  "HashOnlyRequest": {
   "type": "object",
   "properties": {
    "hash": {
     "type": "string",
     "x-sensitive": true
    }
   }
  },
  "UpdateTarget": {
   "oneOf": [
    {
     "$ref": "#/$defs/UpdateTargetAll"
    },
    {
     "$ref": "#/$defs/UpdateTargetSelected"
    }
   ]
  },
  "UpdateTargetAll": {
   "type": "object",
   "required": [
    "type"
   ],
   "properties": {
    "type": {
     "type": "string",
     "const": "all"
    }
   }
  },
  "UpdateTargetSelected": {
   "type": "object",
   "required": [
    "type",
    "ids"
   ],
   "properties": {
    "type": {
     "type": "string",
     "const": "selected"
    },
    "ids": {
     "type": "array",
     "minItems": 1,
     "maxItems": 100,
     "items": {
      "type": "integer",
      "minimum": 1
     }
    }
   }
  },
  "MfaSettings": {
   "oneOf": [
    {
     "$ref": "#/$defs/MfaSettingsAllowed"
    },
    {
     "$ref": "#/$defs/MfaSettingsDisallowed"
    }
   ]
  },
  "MfaSettingsAllowed": {
   "type": "object",
   "required": [
    "type",
    "factor_types"
   ],
   "properties": {
    "type": {
     "type": "string",
     "const": "allowed"
    },
    "factor_types": {
     "type": "array",
     "minItems": 1,
     "items": {
      "$ref": "#/$defs/FactorType"
     }
    }
   }
  },
  "MfaSettingsDisallowed": {
   "type": "object",
   "required": [
    "type"
   ],
   "properties": {
    "type": {
     "type": "string",
     "const": "disallowed"
    },
    "factor_types": {
     "type": "array",
     "items": {
      "$ref": "#/$defs/FactorType"
     }
    }
   }
  },
  "SettingsActionType": {
   "type": "string",
   "enum": [
    "allowed",
    "disallowed"
   ]
  },
  "FactorType": {
   "type": "string",
   "enum": [
    "email"
   ]
  },
  "SuccessResponse": {
   "type": "object",
   "required": [
    "success"
   ],
   "properties": {
    "success": {
     "type": "boolean",
     "const": true
    }
   }
  },
  "ReadDefaultMfaSettingsResponse": {
   "type": "object",
   "required": [
    "success"
   ],
   "properties": {
    "success": {
     "type": "boolean",
     "const": true
    },
    "value": {
     "anyOf": [
      {
       "$ref": "#/$defs/MfaSettings"
      },
      {
       "type": "null"
      }
     ]
    }
   }
  },
  "ErrorResponse": {
   "type": "object",
   "required": [
    "success",
    "status"
   ],
   "properties": {
    "success": {
     "type": "boolean",
     "const": false
    },
    "status": {
     "type": "object",
     "required": [
      "code"
     ],
     "properties": {
      "code": {
       "type": "integer"
      },
      "description": {
       "type": "string"
      }
     }
    },
    "errors": {
     "type": "array",
     "items": {
      "type": "object",
      "properties": {
       "parameter": {
        "type": "string"
       },
       "error": {
        "type": "string"
       }
      }
     }
    }
   }
  }
 }
} as const
