// Made by tools/generate-vault-contract.ts from docs/contracts; do not edit.
export const SCHEMAS = {
 "RegisterRequest": {
  "type": "object",
  "required": [
   "username",
   "email",
   "encrypted_commitment",
   "proto_version"
  ],
  "properties": {
   "username": {
    "type": "string",
    "pattern": "^[a-zA-Z0-9_.@-]+$"
   },
   "email": {
    "type": "string",
    "format": "email"
   },
   "encrypted_commitment": {
    "type": "string",
    "description": "Commitment to the login secret, sealed to the server's key."
   },
   "proto_version": {
    "type": "string",
    "description": "Name of the proof protocol in use."
   },
   "log_data": {
    "$ref": "#/components/schemas/LogDataOrNull"
   }
  }
 },
 "ChallengeRequest": {
  "type": "object",
  "required": [
   "username",
   "cipherKey"
  ],
  "properties": {
   "username": {
    "type": "string"
   },
   "cipherKey": {
    "type": "string",
    "description": "Client's public key to which the challenge is sealed."
   }
  }
 },
 "ChallengeResponse": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "challenge_data",
   "proto_version"
  ],
  "properties": {
   "challenge_data": {
    "type": "string",
    "description": "Sealed challenge. The challenge id needed by the next step is inside, as no field carries it."
   },
   "proto_version": {
    "type": "string"
   }
  }
 },
 "AuthenticateRequest": {
  "type": "object",
  "required": [
   "username",
   "cipherKey",
   "challenge_id",
   "challenge_data"
  ],
  "properties": {
   "username": {
    "type": "string"
   },
   "cipherKey": {
    "type": "string",
    "description": "Same public key as in the challenge request."
   },
   "challenge_id": {
    "type": "string"
   },
   "challenge_data": {
    "type": "string",
    "description": "Proof, sealed to the server's key."
   },
   "ber": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/BERForm"
     },
     {
      "type": "null"
     }
    ]
   },
   "log_data": {
    "$ref": "#/components/schemas/LogDataOrNull"
   }
  }
 },
 "LoginResult": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "nonce",
   "need_verify"
  ],
  "properties": {
   "nonce": {
    "type": "string",
    "description": "Single-use ticket that completes the pending authorization request."
   },
   "need_verify": {
    "type": "boolean",
    "default": false
   }
  }
 },
 "BERForm": {
  "type": "object",
  "description": "Bit-error report of the image channel.",
  "x-source-basis": "sample",
  "properties": {
   "ber": {
    "type": "object",
    "properties": {
     "count_bits": {
      "type": "integer"
     },
     "error_bits": {
      "type": "integer"
     },
     "BER_PERCENT": {
      "type": "string",
      "description": "Text, not a number."
     }
    }
   },
   "image_dim": {
    "type": "array",
    "description": "Two integers, taken as width and height.",
    "prefixItems": [
     {
      "type": "integer"
     },
     {
      "type": "integer"
     }
    ],
    "minItems": 2,
    "maxItems": 2
   },
   "algorithm_version": {
    "type": "string"
   }
  }
 },
 "LogDataOrNull": {
  "anyOf": [
   {
    "$ref": "#/components/schemas/LogData"
   },
   {
    "type": "null"
   }
  ]
 },
 "LogData": {
  "type": "object",
  "description": "Client-side report of the face and liveness steps.",
  "x-source-basis": "sample",
  "properties": {
   "status": {
    "type": "string"
   },
   "similarity": {
    "type": "number"
   },
   "evidence": {
    "$ref": "#/components/schemas/LogEvidence"
   }
  }
 },
 "LogEvidence": {
  "type": "object",
  "x-source-basis": "sample",
  "properties": {
   "totalSteps": {
    "type": "integer"
   },
   "stepsPassed": {
    "type": "integer"
   },
   "stepsFailed": {
    "type": "integer"
   },
   "facesDetectedMax": {
    "type": "integer"
   },
   "timing": {
    "type": "object",
    "properties": {
     "totalChallengeDurationMs": {
      "type": "number"
     },
     "recognitionPhaseDurationMs": {
      "type": "number"
     },
     "livenessPhaseDurationMs": {
      "type": "number"
     },
     "comparisonPhaseDurationMs": {
      "type": "number"
     }
    }
   },
   "detailedStepResults": {
    "type": "array",
    "items": {}
   },
   "antiSpoofingTriggers": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "gestureCounts": {
    "type": "object",
    "additionalProperties": true
   },
   "greenEntryCount": {
    "type": "integer"
   },
   "environment": {
    "type": "object",
    "properties": {
     "platform": {
      "type": "string"
     },
     "cameraResolution": {
      "type": "string"
     },
     "cameraLabel": {
      "type": "string"
     },
     "fps": {
      "type": "number"
     },
     "browser": {
      "type": "object",
      "properties": {
       "userAgent": {
        "type": "string"
       },
       "language": {
        "type": "string"
       },
       "hardwareConcurrency": {
        "type": "number"
       },
       "deviceMemory": {
        "type": "number"
       }
      }
     },
     "deviceDetection": {
      "type": "object",
      "additionalProperties": true
     }
    }
   }
  }
 },
 "ResetPasswordRequest": {
  "type": "object",
  "required": [
   "username",
   "email"
  ],
  "properties": {
   "username": {
    "type": "string"
   },
   "email": {
    "type": "string",
    "description": "No e-mail format is stated here, unlike on sign-up."
   }
  }
 },
 "ResetPasswordWithCodeRequest": {
  "type": "object",
  "required": [
   "code",
   "username",
   "encrypted_commitment",
   "proto_version"
  ],
  "properties": {
   "code": {
    "type": "string"
   },
   "username": {
    "type": "string"
   },
   "encrypted_commitment": {
    "type": "string"
   },
   "proto_version": {
    "type": "string"
   },
   "log_data": {
    "$ref": "#/components/schemas/LogDataOrNull"
   }
  }
 },
 "ChangePasswordRequest": {
  "type": "object",
  "required": [
   "encrypted_commitment",
   "proto_version"
  ],
  "properties": {
   "encrypted_commitment": {
    "type": "string"
   },
   "proto_version": {
    "type": "string"
   },
   "log_data": {
    "$ref": "#/components/schemas/LogDataOrNull"
   }
  }
 },
 "LogoutForm": {
  "type": "object",
  "required": [
   "id_token_hint"
  ],
  "properties": {
   "id_token_hint": {
    "type": "string"
   },
   "state": {
    "type": [
     "string",
     "null"
    ]
   },
   "post_logout_redirect_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_id": {
    "type": [
     "string",
     "null"
    ]
   }
  }
 },
 "TokenForm": {
  "type": "object",
  "required": [
   "client_id",
   "grant_type"
  ],
  "properties": {
   "client_id": {
    "type": "string"
   },
   "grant_type": {
    "type": "string",
    "description": "No list is stated; the other fields imply `authorization_code` and `refresh_token`."
   },
   "client_secret": {
    "type": [
     "string",
     "null"
    ]
   },
   "redirect_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "code": {
    "type": [
     "string",
     "null"
    ]
   },
   "refresh_token": {
    "type": [
     "string",
     "null"
    ]
   },
   "code_verifier": {
    "type": [
     "string",
     "null"
    ]
   }
  }
 },
 "TokenFormWithTenant": {
  "type": "object",
  "required": [
   "client_id",
   "grant_type",
   "tenant_id"
  ],
  "properties": {
   "client_id": {
    "type": "string"
   },
   "grant_type": {
    "type": "string",
    "description": "No list is stated; the other fields imply `authorization_code` and `refresh_token`."
   },
   "tenant_id": {
    "type": "string"
   },
   "client_secret": {
    "type": [
     "string",
     "null"
    ]
   },
   "redirect_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "code": {
    "type": [
     "string",
     "null"
    ]
   },
   "refresh_token": {
    "type": [
     "string",
     "null"
    ]
   },
   "code_verifier": {
    "type": [
     "string",
     "null"
    ]
   }
  }
 },
 "TokenResponse": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "access_token",
   "token_type",
   "expires_in"
  ],
  "properties": {
   "access_token": {
    "type": "string"
   },
   "refresh_token": {
    "type": [
     "string",
     "null"
    ]
   },
   "id_token": {
    "type": [
     "string",
     "null"
    ]
   },
   "token_type": {
    "type": "string",
    "default": "Bearer"
   },
   "expires_in": {
    "type": "integer",
    "description": "Seconds."
   }
  }
 },
 "SessionList": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "sessions",
   "total"
  ],
  "properties": {
   "sessions": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Session"
    }
   },
   "total": {
    "type": "integer"
   }
  }
 },
 "Session": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "session_id",
   "user_id",
   "tenant_id",
   "created",
   "expires_at"
  ],
  "properties": {
   "session_id": {
    "type": "string"
   },
   "user_id": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "created": {
    "$ref": "#/components/schemas/ActionInfo"
   },
   "expires_at": {
    "type": "string",
    "format": "date-time"
   },
   "token_issue": {
    "$ref": "#/components/schemas/ActionInfoOrNull"
   },
   "last_access": {
    "$ref": "#/components/schemas/ActionInfoOrNull"
   }
  }
 },
 "ActionInfo": {
  "type": "object",
  "description": "When and from where something was done.",
  "x-source-basis": "sample",
  "required": [
   "at"
  ],
  "properties": {
   "at": {
    "type": "string",
    "format": "date-time"
   },
   "ip": {
    "type": [
     "string",
     "null"
    ]
   },
   "country": {
    "type": [
     "string",
     "null"
    ]
   },
   "user_agent": {
    "type": [
     "string",
     "null"
    ]
   },
   "user_agent_parsed": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/UserAgentParsed"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "ActionInfoOrNull": {
  "anyOf": [
   {
    "$ref": "#/components/schemas/ActionInfo"
   },
   {
    "type": "null"
   }
  ]
 },
 "UserAgentParsed": {
  "type": "object",
  "x-source-basis": "sample",
  "properties": {
   "browser": {
    "type": "object",
    "properties": {
     "family": {
      "type": [
       "string",
       "null"
      ]
     },
     "version": {
      "type": [
       "string",
       "null"
      ]
     }
    }
   },
   "os": {
    "type": "object",
    "properties": {
     "family": {
      "type": [
       "string",
       "null"
      ]
     },
     "version": {
      "type": [
       "string",
       "null"
      ]
     }
    }
   },
   "device": {
    "type": "object",
    "properties": {
     "family": {
      "type": [
       "string",
       "null"
      ]
     },
     "brand": {
      "type": [
       "string",
       "null"
      ]
     },
     "model": {
      "type": [
       "string",
       "null"
      ]
     }
    }
   },
   "is_mobile": {
    "type": "boolean",
    "default": false
   },
   "is_tablet": {
    "type": "boolean",
    "default": false
   },
   "is_pc": {
    "type": "boolean",
    "default": false
   },
   "is_bot": {
    "type": "boolean",
    "default": false
   }
  }
 },
 "User": {
  "type": "object",
  "required": [
   "user_id",
   "username",
   "email",
   "tenant_id"
  ],
  "properties": {
   "user_id": {
    "type": "string"
   },
   "username": {
    "type": "string",
    "minLength": 1,
    "maxLength": 128
   },
   "email": {
    "type": "string",
    "format": "email"
   },
   "tenant_id": {
    "type": "string"
   },
   "is_disabled": {
    "type": "boolean",
    "default": false
   },
   "is_verified": {
    "type": "boolean",
    "default": false
   },
   "created_at": {
    "type": "string",
    "format": "date-time",
    "description": "Optional on input, no default shown; taken as the time of creation."
   },
   "updated_at": {
    "type": [
     "string",
     "null"
    ],
    "format": "date-time"
   },
   "locale": {
    "type": [
     "string",
     "null"
    ]
   },
   "roles": {
    "type": [
     "array",
     "null"
    ],
    "items": {
     "type": "string"
    }
   },
   "external_id": {
    "type": [
     "string",
     "null"
    ]
   }
  }
 },
 "UserSortField": {
  "type": "string",
  "enum": [
   "created_at",
   "username",
   "email"
  ],
  "default": "created_at"
 },
 "UserPage": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "data",
   "has_next",
   "total_count"
  ],
  "properties": {
   "data": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/User"
    }
   },
   "has_next": {
    "type": "boolean"
   },
   "total_count": {
    "type": "integer"
   }
  }
 },
 "BatchCreateUsersRequest": {
  "type": "object",
  "required": [
   "users"
  ],
  "properties": {
   "users": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/User"
    }
   }
  }
 },
 "BatchCreateUsersResult": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "success_created_count",
   "fail_create_usernames",
   "duplicate_usernames"
  ],
  "properties": {
   "success_created_count": {
    "type": "integer"
   },
   "fail_create_usernames": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "duplicate_usernames": {
    "type": "array",
    "items": {
     "type": "string"
    }
   }
  }
 },
 "BatchDeleteUsersRequest": {
  "type": "object",
  "required": [
   "users_ids"
  ],
  "properties": {
   "users_ids": {
    "type": "array",
    "items": {
     "type": "string"
    }
   }
  }
 },
 "UpdateEmailRequest": {
  "type": "object",
  "required": [
   "challenge_id",
   "challenge_data",
   "email"
  ],
  "properties": {
   "challenge_id": {
    "type": "string"
   },
   "challenge_data": {
    "type": "string",
    "description": "Solved challenge."
   },
   "email": {
    "type": "string",
    "description": "No e-mail format is stated here, unlike on sign-up."
   }
  }
 },
 "CreateApiKeyRequest": {
  "type": "object",
  "required": [
   "name",
   "scopes",
   "tenant_id"
  ],
  "properties": {
   "name": {
    "type": "string"
   },
   "scopes": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "tenant_id": {
    "type": "string"
   }
  }
 },
 "ApiKeyWithSecret": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "key_id",
   "key_hash",
   "user_id",
   "tenant_id",
   "created_at",
   "name",
   "scopes",
   "is_active",
   "api_key"
  ],
  "properties": {
   "key_id": {
    "type": "string"
   },
   "key_hash": {
    "type": "string"
   },
   "user_id": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "created_at": {
    "$ref": "#/components/schemas/ActionInfo"
   },
   "name": {
    "type": "string",
    "default": ""
   },
   "scopes": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "last_use_at": {
    "$ref": "#/components/schemas/ActionInfoOrNull"
   },
   "is_active": {
    "type": "boolean",
    "default": true
   },
   "api_key": {
    "type": "string",
    "description": "Clear key."
   }
  }
 },
 "ApiKeyListItem": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "key_id",
   "key_hash",
   "user_id",
   "tenant_id",
   "created_at",
   "name",
   "scopes",
   "is_active",
   "username"
  ],
  "properties": {
   "key_id": {
    "type": "string"
   },
   "key_hash": {
    "type": "string"
   },
   "user_id": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "created_at": {
    "$ref": "#/components/schemas/ActionInfo"
   },
   "name": {
    "type": "string",
    "default": ""
   },
   "scopes": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "last_use_at": {
    "$ref": "#/components/schemas/ActionInfoOrNull"
   },
   "is_active": {
    "type": "boolean",
    "default": true
   },
   "username": {
    "type": "string",
    "default": ""
   }
  }
 },
 "ApiKeyList": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "api_keys"
  ],
  "properties": {
   "api_keys": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/ApiKeyListItem"
    }
   }
  }
 },
 "PasskeyList": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "passkeys"
  ],
  "properties": {
   "passkeys": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Passkey"
    }
   }
  }
 },
 "Passkey": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "id",
   "created_at"
  ],
  "properties": {
   "id": {
    "type": "string"
   },
   "created_at": {
    "type": "string",
    "format": "date-time"
   },
   "name": {
    "type": [
     "string",
     "null"
    ]
   },
   "last_use": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/PasskeyUse"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "PasskeyUse": {
  "type": "object",
  "description": "Smaller than ActionInfo, and the time is called `date` here.",
  "x-source-basis": "sample",
  "required": [
   "date"
  ],
  "properties": {
   "date": {
    "type": "string",
    "format": "date-time"
   },
   "ip": {
    "type": [
     "string",
     "null"
    ]
   },
   "country": {
    "type": [
     "string",
     "null"
    ]
   },
   "user_agent": {
    "type": [
     "string",
     "null"
    ]
   }
  }
 },
 "UpdatePasskeyRequest": {
  "type": "object",
  "required": [
   "name"
  ],
  "properties": {
   "name": {
    "type": "string"
   }
  }
 },
 "AuthenticatorAttachment": {
  "type": "string",
  "description": "Sample value `platform`; the other value is the one WebAuthn defines.",
  "x-inferred": [
   "enum"
  ],
  "enum": [
   "platform",
   "cross-platform"
  ]
 },
 "AuthenticatorTransport": {
  "type": "string",
  "description": "Sample value `usb`; the source hides the list. WebAuthn registers usb, nfc, ble, smart-card, hybrid, internal.",
  "examples": [
   "usb"
  ]
 },
 "VerifyRegistrationRequest": {
  "type": "object",
  "required": [
   "id",
   "raw_id",
   "client_data_json",
   "attestation_object"
  ],
  "properties": {
   "id": {
    "type": "string"
   },
   "raw_id": {
    "type": "string"
   },
   "client_data_json": {
    "type": "string"
   },
   "attestation_object": {
    "type": "string"
   },
   "transports": {
    "anyOf": [
     {
      "type": "array",
      "items": {
       "$ref": "#/components/schemas/AuthenticatorTransport"
      }
     },
     {
      "type": "null"
     }
    ]
   },
   "authenticator_attachment": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/AuthenticatorAttachment"
     },
     {
      "type": "null"
     }
    ]
   },
   "name": {
    "type": [
     "string",
     "null"
    ]
   }
  }
 },
 "AuthOptionsRequest": {
  "type": "object",
  "required": [
   "username",
   "tenant_id"
  ],
  "properties": {
   "username": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   }
  }
 },
 "VerifyAuthRequest": {
  "type": "object",
  "required": [
   "id",
   "raw_id",
   "client_data_json",
   "authenticator_data",
   "signature",
   "username",
   "tenant_id"
  ],
  "properties": {
   "id": {
    "type": "string"
   },
   "raw_id": {
    "type": "string"
   },
   "client_data_json": {
    "type": "string"
   },
   "authenticator_data": {
    "type": "string"
   },
   "signature": {
    "type": "string"
   },
   "username": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "user_handle": {
    "type": [
     "string",
     "null"
    ]
   },
   "authenticator_attachment": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/AuthenticatorAttachment"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "Client": {
  "type": "object",
  "required": [
   "client_id",
   "name",
   "tenant_id"
  ],
  "properties": {
   "client_id": {
    "type": "string"
   },
   "name": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "redirect_uris": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "post_logout_redirect_uri": {
    "type": "array",
    "description": "A list despite the singular name.",
    "items": {
     "type": "string"
    }
   },
   "allowed_scopes": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "token_endpoint_auth_method": {
    "type": "string",
    "const": "client_secret_post",
    "default": "client_secret_post"
   },
   "logo_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "op_policy_url": {
    "type": [
     "string",
     "null"
    ]
   },
   "op_tos_url": {
    "type": [
     "string",
     "null"
    ]
   },
   "op_user_agreement_url": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_logout_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "register_enable": {
    "type": "boolean",
    "default": false
   },
   "tenant_name": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_secret": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_type": {
    "type": "string",
    "enum": [
     "public",
     "confidential"
    ],
    "default": "confidential"
   },
   "is_lock": {
    "type": "boolean",
    "default": false
   },
   "sing_alg": {
    "type": "string",
    "description": "Signature algorithm of tokens for this client (spelling as in the source).",
    "enum": [
     "RS256",
     "EdDSA"
    ],
    "default": "EdDSA"
   },
   "flow": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/ClientFlow"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "ClientFlow": {
  "type": "object",
  "description": "Special login flow of a client.",
  "x-source-basis": "sample",
  "required": [
   "type",
   "issuer"
  ],
  "properties": {
   "type": {
    "type": "string",
    "description": "The only value seen.",
    "x-inferred": [
     "enum"
    ],
    "enum": [
     "microsoft-mfa"
    ]
   },
   "issuer": {
    "type": "string"
   }
  }
 },
 "ClientList": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "clients"
  ],
  "properties": {
   "clients": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Client"
    }
   }
  }
 },
 "PublicClient": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "client_id",
   "name",
   "tenant_id",
   "register_enable",
   "has_profile"
  ],
  "properties": {
   "client_id": {
    "type": "string"
   },
   "name": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "logo_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "op_policy_url": {
    "type": [
     "string",
     "null"
    ]
   },
   "op_tos_url": {
    "type": [
     "string",
     "null"
    ]
   },
   "op_user_agreement_url": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "client_logout_uri": {
    "type": [
     "string",
     "null"
    ]
   },
   "register_enable": {
    "type": "boolean",
    "default": false
   },
   "tenant_name": {
    "type": [
     "string",
     "null"
    ]
   },
   "has_profile": {
    "type": "boolean",
    "default": false
   }
  }
 },
 "PublicClientTenant": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "client",
   "tenant"
  ],
  "properties": {
   "client": {
    "$ref": "#/components/schemas/PublicClient"
   },
   "tenant": {
    "$ref": "#/components/schemas/PublicTenant"
   }
  }
 },
 "LoginStep": {
  "type": "string",
  "enum": [
   "PIN",
   "PATTERN"
  ]
 },
 "PublicTenant": {
  "type": "object",
  "description": "Tenant as a login page sees it; without `is_2fa` and `block_config`.",
  "x-source-basis": "sample",
  "required": [
   "tenant_id"
  ],
  "properties": {
   "tenant_id": {
    "type": "string"
   },
   "register_enable": {
    "type": "boolean",
    "default": false
   },
   "use_pin": {
    "type": "boolean",
    "default": true
   },
   "pin_size": {
    "type": "integer",
    "default": 6
   },
   "use_pattern": {
    "type": "boolean",
    "default": true
   },
   "patter_size": {
    "type": "integer",
    "default": 3
   },
   "use_face_recognition": {
    "type": "boolean",
    "default": false
   },
   "use_liveness": {
    "type": "boolean",
    "default": false
   },
   "display_name": {
    "type": "string",
    "default": ""
   },
   "show_pin_when_typing": {
    "type": "boolean",
    "default": true
   },
   "login_order": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/LoginStep"
    }
   },
   "passkey_enabled": {
    "type": "boolean",
    "default": false
   },
   "has_username_and_email": {
    "type": "boolean",
    "default": true
   },
   "liveness_config": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/LivenessConfig"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "Tenant": {
  "type": "object",
  "required": [
   "tenant_id"
  ],
  "properties": {
   "tenant_id": {
    "type": "string"
   },
   "register_enable": {
    "type": "boolean",
    "default": false
   },
   "is_2fa": {
    "type": "boolean",
    "default": false
   },
   "use_pin": {
    "type": "boolean",
    "default": true
   },
   "pin_size": {
    "type": "integer",
    "default": 6
   },
   "use_pattern": {
    "type": "boolean",
    "default": true
   },
   "patter_size": {
    "type": "integer",
    "default": 3
   },
   "use_face_recognition": {
    "type": "boolean",
    "default": false
   },
   "use_liveness": {
    "type": "boolean",
    "default": false
   },
   "display_name": {
    "type": "string",
    "default": ""
   },
   "show_pin_when_typing": {
    "type": "boolean",
    "default": true
   },
   "block_config": {
    "$ref": "#/components/schemas/BlockConfig"
   },
   "login_order": {
    "type": "array",
    "description": "No default is shown; the sample lists PIN only.",
    "items": {
     "$ref": "#/components/schemas/LoginStep"
    }
   },
   "passkey_enabled": {
    "type": "boolean",
    "default": false
   },
   "has_username_and_email": {
    "type": "boolean",
    "default": true
   },
   "liveness_config": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/LivenessConfig"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "TenantUpdate": {
  "type": "object",
  "required": [
   "display_name"
  ],
  "properties": {
   "register_enable": {
    "type": "boolean",
    "default": false
   },
   "use_pin": {
    "type": "boolean",
    "default": true
   },
   "pin_size": {
    "type": "integer",
    "default": 6
   },
   "use_pattern": {
    "type": "boolean",
    "default": true
   },
   "patter_size": {
    "type": "integer",
    "default": 3
   },
   "use_face_recognition": {
    "type": "boolean",
    "default": false
   },
   "use_liveness": {
    "type": "boolean",
    "default": false
   },
   "show_pin_when_typing": {
    "type": "boolean",
    "default": true
   },
   "display_name": {
    "type": "string"
   },
   "block_config": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/BlockConfig"
     },
     {
      "type": "null"
     }
    ]
   },
   "login_order": {
    "type": [
     "array",
     "null"
    ],
    "items": {
     "$ref": "#/components/schemas/LoginStep"
    }
   },
   "passkey_enabled": {
    "type": "boolean",
    "default": false
   },
   "has_username_and_email": {
    "type": "boolean",
    "default": true
   },
   "liveness_config": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/LivenessConfig"
     },
     {
      "type": "null"
     }
    ]
   }
  }
 },
 "TenantList": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "tenants"
  ],
  "properties": {
   "tenants": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Tenant"
    }
   }
  }
 },
 "BlockConfig": {
  "type": "object",
  "description": "Lockout policy. Defaults are the sample values.",
  "x-source-basis": "sample",
  "properties": {
   "ip_attempts_limit": {
    "type": "integer",
    "default": 5
   },
   "ip_attempts_reset_minutes": {
    "type": "integer",
    "default": 10080
   },
   "user_attempts_limit": {
    "type": "integer",
    "default": 15
   },
   "user_timeframe_seconds": {
    "type": "integer",
    "default": 300
   },
   "initial_block_seconds": {
    "type": "integer",
    "default": 60
   },
   "max_block_time_minutes": {
    "type": "integer",
    "default": 2880
   }
  }
 },
 "LivenessConfig": {
  "type": "object",
  "description": "Settings of the camera liveness steps. Defaults are the sample values.",
  "x-source-basis": "sample",
  "properties": {
   "number_steps_min": {
    "type": "integer",
    "default": 4
   },
   "number_steps_max": {
    "type": "integer",
    "default": 6
   },
   "duration_in_seconds": {
    "type": "integer",
    "default": 10
   },
   "number_of_allowed_failures": {
    "type": "integer",
    "default": 1
   },
   "gesture_set": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "number_blinks_max": {
    "type": "integer",
    "default": 0,
    "description": "Sample value 0, below the sample minimum of 10000; see the notes."
   },
   "number_blinks_min": {
    "type": "integer",
    "default": 10000
   }
  }
 },
 "BlockedIp": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "ip",
   "tenant_id",
   "blocked_at",
   "block_time_seconds"
  ],
  "properties": {
   "ip": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "blocked_at": {
    "type": "string",
    "format": "date-time"
   },
   "block_time_seconds": {
    "type": "integer"
   }
  }
 },
 "BlockedIpPage": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "data",
   "has_next",
   "total_count"
  ],
  "properties": {
   "data": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/BlockedIp"
    }
   },
   "has_next": {
    "type": "boolean"
   },
   "total_count": {
    "type": "integer"
   }
  }
 },
 "BlockedUser": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "user_id",
   "username",
   "email",
   "tenant_id",
   "blocked_at",
   "block_time_seconds"
  ],
  "properties": {
   "user_id": {
    "type": "string"
   },
   "username": {
    "type": "string"
   },
   "email": {
    "type": "string"
   },
   "tenant_id": {
    "type": "string"
   },
   "blocked_at": {
    "type": "string",
    "format": "date-time"
   },
   "block_time_seconds": {
    "type": "integer"
   }
  }
 },
 "BlockedUserPage": {
  "type": "object",
  "x-source-basis": "sample",
  "required": [
   "data",
   "has_next",
   "total_count"
  ],
  "properties": {
   "data": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/BlockedUser"
    }
   },
   "has_next": {
    "type": "boolean"
   },
   "total_count": {
    "type": "integer"
   }
  }
 },
 "ScimObject": {
  "type": "object",
  "description": "Free-form object in the source; shapes are those of RFC 7643 and RFC 7644.",
  "additionalProperties": true
 },
 "ScimError": {
  "type": "object",
  "description": "Not shown by the source; shape of RFC 7644, section 3.12.",
  "x-inferred": [
   "shape"
  ],
  "required": [
   "schemas",
   "status"
  ],
  "properties": {
   "schemas": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "status": {
    "type": "string"
   },
   "scimType": {
    "type": "string"
   },
   "detail": {
    "type": "string"
   }
  }
 },
 "ValidationErrorBody": {
  "type": "object",
  "description": "The source states 422 without showing its body. This is the customary shape.",
  "x-inferred": [
   "shape"
  ],
  "properties": {
   "detail": {
    "type": "array",
    "items": {
     "type": "object",
     "required": [
      "loc",
      "msg",
      "type"
     ],
     "properties": {
      "loc": {
       "type": "array",
       "items": {
        "type": [
         "string",
         "integer"
        ]
       }
      },
      "msg": {
       "type": "string"
      },
      "type": {
       "type": "string"
      }
     }
    }
   }
  }
 }
}
