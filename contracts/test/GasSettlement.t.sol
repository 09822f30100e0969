// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchSettlement} from "../src/settlement/IBatchSettlement.sol";
import {Authorization} from "../src/Types.sol";
import {GasStage} from "./GasStage.sol";

/// @dev What a payer's side of a channel costs: opening it, adding to it, and getting back what is left.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasSettlementTest is GasStage {
    uint128 private constant DEPOSIT = 1_000_000;

    IBatchSettlement private settlement;
    address private collector;
    address private permit2;
    address private permit2Collector;
    Account private authorizer = makeAccount("authorizer");
    IBatchSettlement.ChannelConfig private config;
    bytes32 private channelId;

    function snapshotGroup() internal pure override returns (string memory) {
        return "settlement";
    }

    function setUp() public override {
        super.setUp();
        settlement = deploySettlement();
        collector = deployArtifact("Erc3009Collector", abi.encode(settlement));
        permit2 = deployArtifact("Permit2", "");
        permit2Collector = deployArtifact("Permit2Collector", abi.encode(settlement, permit2));
        vm.prank(buyer.addr);
        money.approve(permit2, type(uint256).max);
        config.payer = buyer.addr;
        config.payerAuthorizer = makeAddr("session");
        config.receiver = works.splitterOf(workId, node);
        config.receiverAuthorizer = authorizer.addr;
        config.token = address(money);
        config.withdrawDelay = 900;
        // Somebody's money lies there already.
        money.mint(address(settlement), 1);
    }

    function test_deposit() public {
        depositByAuthorization(0);
        measured("open a channel by authorization, relayed");
        depositByAuthorization(1);
        measured("add to a channel by authorization, relayed");
        config.salt = "another";
        depositByPermit2(0);
        measured("open a channel by Permit2, relayed");
        depositByPermit2(1);
        measured("add to a channel by Permit2, relayed");
    }

    function test_withdraw() public {
        depositByAuthorization(0);
        vm.prank(buyer.addr);
        settlement.initiateWithdraw(config, DEPOSIT / 2);
        measured("announce a withdrawal");
        vm.warp(timeNow() + 900);
        settlement.finalizeWithdraw(config);
        measured("finalize a withdrawal");
    }

    function test_refund() public {
        depositByAuthorization(0);
        vm.prank(authorizer.addr);
        settlement.refund(config, DEPOSIT / 2);
        measured("refund, the first");
        bytes memory signature =
            sign(authorizer, settlement.getRefundDigest(settlement.getChannelId(config), 1, DEPOSIT / 4));
        vm.prank(relayer);
        settlement.refundWithSignature(config, DEPOSIT / 4, 1, signature);
        measured("refund by signature, later");
    }

    function depositByAuthorization(uint256 salt) private {
        channelId = settlement.getChannelId(config);
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        Authorization memory authorization = authorize(buyer, collector, DEPOSIT, nonce);
        bytes memory data = abi.encode(0, authorization.validBefore, salt, authorization.signature);
        vm.prank(relayer);
        settlement.deposit(config, DEPOSIT, collector, data);
    }

    function depositByPermit2(uint256 nonce) private {
        channelId = settlement.getChannelId(config);
        uint256 deadline = timeNow() + 60;
        bytes memory data = abi.encode(nonce, deadline, signPermit2(nonce, deadline), "");
        vm.prank(relayer);
        settlement.deposit(config, DEPOSIT, permit2Collector, data);
    }

    function signPermit2(uint256 nonce, uint256 deadline) private view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,DepositWitness witness)DepositWitness(bytes32 channelId)TokenPermissions(address token,uint256 amount)"
        );
        bytes32 permissionsType = keccak256("TokenPermissions(address token,uint256 amount)");
        bytes32 permissions = keccak256(abi.encode(permissionsType, money, DEPOSIT));
        bytes32 witness = keccak256(abi.encode(keccak256("DepositWitness(bytes32 channelId)"), channelId));
        bytes32 structHash =
            keccak256(abi.encode(typeHash, permissions, permit2Collector, nonce, deadline, witness));
        bytes32 domainType = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
        bytes32 separator = keccak256(abi.encode(domainType, keccak256("Permit2"), block.chainid, permit2));
        return sign(buyer, keccak256(abi.encodePacked(hex"1901", separator, structHash)));
    }
}
