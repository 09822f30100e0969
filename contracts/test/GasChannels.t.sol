// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchSettlement, IDepositCollector} from "../src/settlement/IBatchSettlement.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {GasStage} from "./GasStage.sol";

/// @dev Mints what it is asked for: deposits are not what is measured here.
contract MintingCollector is IDepositCollector {
    function collect(address, address token, uint256 amount, bytes32, bytes calldata) external {
        TestMoney(token).mint(msg.sender, amount);
    }
}

/// @dev What it costs an operator to be paid by a hundred channels: claim and settle in one transaction, collect in
/// another, every payee paid before.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasChannelsTest is GasStage {
    uint256 private constant CHANNELS = 100;
    uint128 private constant DEPOSIT = 1_000_000;

    IBatchSettlement private settlement;
    IDepositCollector private collector;
    Account private authorizer = makeAccount("authorizer");
    /// @dev Whether anyone sends the claims with the authorizer's signature, as x402's facilitator does.
    bool private isSigned;

    function snapshotGroup() internal pure override returns (string memory) {
        return "channels";
    }

    function setUp() public override {
        super.setUp();
        settlement = deploySettlement();
        collector = new MintingCollector();
    }

    function test_hundred_channels_of_one_work() public {
        uint256 each = payOut(1);
        keep("pay-out, each of 100 channels of one work", each);
        assertLe(each, 25_000);
    }

    function test_hundred_channels_over_ten_works() public {
        uint256 each = payOut(10);
        keep("pay-out, each of 100 channels over ten works", each);
        assertLe(each, 29_000);
    }

    function test_hundred_channels_by_signature() public {
        isSigned = true;
        uint256 each = payOut(1);
        keep("pay-out by signature, each of 100 channels of one work", each);
        assertLe(each, 25_000);
    }

    function test_hundred_channels_over_ten_works_by_signature() public {
        isSigned = true;
        uint256 each = payOut(10);
        keep("pay-out by signature, each of 100 channels over ten works", each);
        assertLe(each, 29_000);
    }

    function test_one_channel() public {
        uint256[] memory ids = worksOf(1);
        claimAll(ids, 1, 1000);
        claimAll(ids, 1, 2000);
        measured("claim and settle one channel");
    }

    /// @dev The second of two rounds, per channel.
    function payOut(uint256 worksCount) private returns (uint256) {
        uint256[] memory ids = worksOf(worksCount);
        address[] memory nodes = new address[](worksCount);
        for (uint256 i; i < worksCount; ++i) {
            nodes[i] = node;
        }
        claimAll(ids, CHANNELS, 1000);
        works.collectMany(ids, nodes);
        uint256 claimed = claimAll(ids, CHANNELS, 2000);
        emit log_named_uint("claim and settle, each", claimed / CHANNELS);
        works.collectMany(ids, nodes);
        uint256 collected = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("collect, each work", collected / worksCount);
        return (claimed + collected) / CHANNELS;
    }

    function worksOf(uint256 count) private returns (uint256[] memory ids) {
        ids = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = createWork(bytes32(i + 100), saleTerms(), noParents(), listOf(node));
            give(stranger, ids[i], 1);
        }
    }

    /// @dev One transaction: a claim for all channels, then a settlement for each work.
    function claimAll(uint256[] memory ids, uint256 count, uint128 total) private returns (uint256) {
        IBatchSettlement.VoucherClaim[] memory claims = new IBatchSettlement.VoucherClaim[](count);
        for (uint256 i; i < count; ++i) {
            claims[i] = claimOf(ids[i * ids.length / count], i, total);
        }
        bytes[] memory calls = new bytes[](1 + ids.length);
        calls[0] = isSigned
            ? abi.encodeCall(
                IBatchSettlement.claimWithSignature,
                (claims, sign(authorizer, settlement.getClaimBatchDigest(claims)))
            )
            : abi.encodeCall(IBatchSettlement.claim, (claims));
        for (uint256 i; i < ids.length; ++i) {
            address receiver = works.splitterOf(ids[i], node);
            calls[i + 1] = abi.encodeCall(IBatchSettlement.settle, (receiver, address(money)));
        }
        vm.prank(isSigned ? relayer : authorizer.addr);
        settlement.multicall(calls);
        return vm.lastCallGas().gasTotalUsed;
    }

    function claimOf(uint256 id, uint256 index, uint128 total)
        private
        returns (IBatchSettlement.VoucherClaim memory)
    {
        Account memory session = makeAccount(string.concat("session ", vm.toString(index)));
        IBatchSettlement.ChannelConfig memory config = IBatchSettlement.ChannelConfig({
            payer: address(uint160(uint256(keccak256(abi.encode("payer", index))))),
            payerAuthorizer: session.addr,
            receiver: works.splitterOf(id, node),
            receiverAuthorizer: authorizer.addr,
            token: address(money),
            withdrawDelay: 900,
            salt: 0
        });
        bytes32 channelId = settlement.getChannelId(config);
        if (total == 1000) settlement.deposit(config, DEPOSIT, address(collector), "");
        bytes memory signature = sign(session, settlement.getVoucherDigest(channelId, total));
        return IBatchSettlement.VoucherClaim(IBatchSettlement.Voucher(config, total), signature, total);
    }
}
